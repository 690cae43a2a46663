import type { Vulnerability } from '../api-types.ts';
import { complianceIssue, finding } from '../findings.ts';

const ESCAPE_CODE = '\u001b';
/** Reverses the writing direction, so that a name reads as another one. */
const RIGHT_TO_LEFT = '\u202e';

/** Texts that a runner, a terminal, a page or a person would interpret. */
export const HOSTILE_TEXTS: readonly string[] = [
  '::set-output name=verdict::passed',
  '\n::error file=app.js,line=1::owned by a finding\n',
  '\r\n##vso[task.complete result=Succeeded;]',
  '::stop-commands::forever',
  'ghadelimiter_0\nverdict=passed\nghadelimiter_0',
  '\n\n# PASSED\n\n| all | is well |\n| --- | --- |\n',
  '[the fix](https://advisories.example/phishing) ![seen](https://advisories.example/pixel.png)',
  '</td></tr></table><script>alert(1)</script><img src=x onerror=alert(2)>',
  '<!-- <details><summary> ```',
  '@everyone closes #1, see GH-1 and `$(id)`',
  `${ESCAPE_CODE}[2J${ESCAPE_CODE}[1;32mPASSED${ESCAPE_CODE}[0m${ESCAPE_CODE}]8;;https://advisories.example${ESCAPE_CODE}\\click${ESCAPE_CODE}]8;;${ESCAPE_CODE}\\`,
  `safe${RIGHT_TO_LEFT}dessap\u2066\u200b\u0000\u0007\u2028\ufeff`,
  '"; exit 0 #',
  '../../../../etc/passwd',
  'long '.repeat(2_000),
];

const hostileLinks: readonly string[] = [
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'https://advisories.example/a) [b](https://advisories.example/c',
  'https://advisories.example/"><script>alert(1)</script>',
  'https://user:secret@advisories.example/',
  'file:///etc/passwd',
  '//advisories.example/no-scheme',
  'not a link at all',
];

const SEVERITIES = ['critical', 'high', 'medium', 'low'];

/** A finding for each text, in every displayed field, and one for each link. */
export const hostileFindings: readonly Vulnerability[] = [
  ...HOSTILE_TEXTS.map((text, place) =>
    finding({
      cve: text,
      severity: SEVERITIES[place % SEVERITIES.length] ?? 'low',
      packageName: text,
      packageVersion: text,
      packageType: text,
      status: `fixed in ${text}`,
      description: text,
      link: text,
      riskFactors: [text],
    }),
  ),
  ...hostileLinks.map((link, place) =>
    finding({
      cve: `CVE-2099-11${String(place).padStart(2, '0')}`,
      severity: 'high',
      packageName: 'liblink',
      packageVersion: '1.0',
      fixedIn: '1.1',
      link,
    }),
  ),
  ...HOSTILE_TEXTS.slice(0, 2).map((severity, place) =>
    finding({ cve: `CVE-2099-112${place}`, severity, packageName: 'libword', packageVersion: '1.0' }),
  ),
];

export const hostileComplianceIssues: readonly Vulnerability[] = HOSTILE_TEXTS.map((text, place) =>
  complianceIssue({ id: 9_000 + place, severity: 'low', title: text, cause: text }),
);
