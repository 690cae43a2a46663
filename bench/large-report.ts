import { setImmediate as nextTurn } from 'node:timers/promises';
import { noGates } from '../__tests__/builders/policy.ts';
import { latestOf, rowsOf } from '../src/console/report.ts';
import { decodeReport } from '../src/console/report-row.ts';
import { parseJson } from '../src/http/decode.ts';
import type { Image } from '../src/image/image.ts';
import { assessImages } from '../src/policy/assessment.ts';
import { Redactor } from '../src/shell/redaction.ts';
import type { Outcome } from './part.ts';

const FINDINGS = 60_000;
/** More than the report has; the API client limits a full page in the same way. */
const MOST_VALUES = 4_000_000;
/** Each is measured this many times, alternating, and the minimum counts: other activity only adds to it. */
const ROUNDS = 5;
/** The maximum cost of the whole way from body to assessment, as a multiple of `JSON.parse`. */
export const MAX_FACTOR = 3;

const image: Image = {
  registry: 'registry.example.com',
  repository: 'team/app',
  tag: '1.4',
  digest: undefined,
  scanBy: { tag: '1.4' },
  platform: undefined,
};

/** The cost of decoding a report of 60,000 findings, compared with `JSON.parse` alone. */
export async function largeReport(): Promise<Outcome> {
  const body = reportOf(FINDINGS);
  const redactor = knowingRedactor();
  const parseMs: number[] = [];
  const wholeMs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    parseMs.push(await timed(() => JSON.parse(new TextDecoder().decode(body))));
    wholeMs.push(await timed(() => assessed(body, redactor)));
  }
  const [parse, whole] = [Math.min(...parseMs), Math.min(...wholeMs)];
  const factor = whole / parse;
  return {
    name: 'large report',
    data: { findings: FINDINGS, bytes: body.byteLength, parseMs: parse, wholeMs: whole, factor },
    lines: [
      `${FINDINGS} findings, ${(body.byteLength / 1e6).toFixed(0)} MB: JSON.parse alone takes ${parse.toFixed(0)} ms of CPU; ` +
        `decoding, redacting and assessing them takes ${whole.toFixed(0)} ms in all, ${factor.toFixed(1)} times as long ` +
        `(${MAX_FACTOR} at most).`,
    ],
  };
}

/** CPU time of the work in milliseconds: other processes on the machine do not count. */
async function timed(work: () => unknown): Promise<number> {
  await nextTurn();
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

function assessed(body: Uint8Array, redactor: Redactor): number {
  const rows = decodeReport(parseJson(body, MOST_VALUES), (text) => redactor.redact(text));
  const row = latestOf(rowsOf(rows, image, 'full', () => []));
  if (row === undefined) throw new Error('the row was not found');
  const decidedAt = { epochMs: Date.parse('2026-11-26'), clock: 'console', day: '2026-11-26' } as const;
  const [assessment] = assessImages(
    [
      {
        name: 'registry.example.com/team/app:1.4',
        row,
        image,
        digests: [],
        platform: undefined,
        reference: undefined,
      },
    ],
    noGates,
    decidedAt,
  );
  const findings = assessment?.findings ?? [];
  if (findings.length !== FINDINGS) throw new Error(`${findings.length} findings were read`);
  return findings.length;
}

/** A redactor with a dozen secrets of the usual shapes: passwords, access keys, tokens. */
function knowingRedactor(): Redactor {
  const secrets = Array.from({ length: 12 }, (_none, at) => `s3cr3t-${at}-${'x/+="'.repeat(3)}`);
  const redactor = new Redactor(() => undefined, []);
  for (const secret of secrets) redactor.add(secret);
  return redactor;
}

/** A report of one row as a Console writes it: texts repeat as libraries do, descriptions are long. */
export function reportOf(findings: number): Uint8Array {
  const vulnerabilities = Array.from({ length: findings }, (_none, at) => {
    // The high bits of a product by the golden ratio are as good as random here, and the same in every run.
    let drawn = at;
    const pick = (count: number) => {
      drawn = Math.imul(drawn + 1, 0x9e3779b1) >>> 0;
      return (drawn >>> 8) % count;
    };
    const cve = `CVE-20${10 + pick(17)}-${1_000 + pick(20_000)}`;
    const version = `${pick(9)}.${pick(20)}.${pick(20)}`;
    return {
      text: '',
      id: 46,
      severity: ['critical', 'high', 'medium', 'low', 'important', 'moderate'][pick(6)],
      cvss: pick(100) / 10,
      status: ['fixed in 1.2.3', 'needed', 'deferred', `fixed in ${version}, ${version}-1`][pick(4)],
      cve,
      cause: '',
      description: `${cve}: ${DESCRIPTION.slice(pick(400), 700 + pick(600))}`.slice(0, 150 + pick(500)),
      title: '',
      vecStr: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
      exploit: '',
      riskFactors: {
        'Attack complexity: low': {},
        'Has fix': {},
        'High severity': {},
        'Recent vulnerability': {},
      },
      link: `https://nvd.nist.gov/vuln/detail/${cve}`,
      type: 'image',
      packageName: `github.com/example/library-${pick(400)}`,
      packageVersion: version,
      packageType: 'go',
      packagePath: `/usr/local/bin/tool-${pick(60)}`,
      layerTime: 1_700_000_000,
      templates: null,
      twistlock: false,
      cri: false,
      published: 1_600_000_000 + at,
      fixDate: 1_700_000_000,
      applicableRules: ['<1.2.3'],
      discovered: '2026-11-02T09:00:00Z',
      functionLayer: '',
      secret: { path: '', group: '', user: '', type: '' },
    };
  });
  const row = {
    _id: 'row',
    repoTag: { registry: 'registry.example.com', repo: 'team/app', tag: '1.4' },
    repoDigests: [`team/app@sha256:${'a'.repeat(64)}`],
    scanTime: '2026-11-02T09:00:00.123Z',
    vulnerabilities,
    vulnerabilitiesCount: findings,
    complianceIssues: null,
  };
  return new TextEncoder().encode(JSON.stringify([row]));
}

const DESCRIPTION =
  'A flaw was found in the way the library handles input: an attacker who can send a crafted request (for example, ' +
  "a header with a length of 0xffffffff) reads beyond the buffer's end. Versions before 1.2.3 are affected; see the " +
  'advisory for details.\nThe vendor says: “update at once” #1 — there is no workaround. '.repeat(6);
