import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeExceptions } from '../../../src/config/decision-files/exception-list.ts';
import { decodeTrivyIgnore } from '../../../src/config/decision-files/trivyignore.ts';
import { FindingDecoder } from '../../../src/console/findings.ts';
import { reviewEntries } from '../../../src/policy/waivers/decisions/trivyignore-review.ts';
import { findMatches } from '../../../src/policy/waivers/exception.ts';
import type { Finding } from '../../../src/scan/finding.ts';
import { review, reviewed, statement, vexDocument } from './decisions/builders.ts';

/** The form of an exception, which gets the name of the finding as the file writes it. */
const ACCEPTS: Readonly<Record<string, (name: string, finding: Finding) => boolean>> = {
  'our own list': (id, finding) => {
    const [exception] = decodeExceptions([new Map(Object.entries({ id, reason: 'r', until: '2026-12-31' }))]);
    const matches = findMatches(exception === undefined ? [] : [exception], [finding], reviewed());
    return exception !== undefined && matches.get(exception)?.length === 1;
  },
  'a .trivyignore.yaml': (id, finding) => {
    const entry = new Map(Object.entries({ id, statement: 'r', expired_at: '2027-01-01' }));
    const { entries } = decodeTrivyIgnore(new Map([['vulnerabilities', [entry]]]));
    const image = reviewed({ findings: [finding] });
    const { entriesOf } = reviewEntries([{ file: 'f', entries }], [image], '2026-11-30');
    return entriesOf(image, finding).accepting !== undefined;
  },
  OpenVEX: (name, finding) => {
    const image = reviewed({ findings: [finding] });
    const { acceptanceOf } = review([vexDocument([statement({ vulnerability: { name } })])], [image]);
    return acceptanceOf(image, finding) !== undefined;
  },
};

const ID = 'CVE-2026-1';
const pieces = fc.constantFrom(
  '',
  '',
  ' ',
  '\n',
  '\u200b',
  '\u200c',
  '\u202e',
  '\ufeff',
  '\u001b[1m',
  '\u0007',
  '\ufffd',
);
const names = fc
  .tuple(pieces, fc.nat(ID.length))
  .map(([piece, at]) => `${ID.slice(0, at)}${piece}${ID.slice(at)}`);
const withoutSpace = (text: string) => text.replace(/[^\S\ufeff]/g, '');

test.each(Object.entries(ACCEPTS))(
  '%s accepts no finding whose name only looks the same',
  (_format, accepts) => {
    fc.assert(
      fc.property(names, names, (written, reported) => {
        const [finding] = new FindingDecoder((text) => text).decode([{ cve: reported }], '', 'vulnerability');
        let isAccepted = false;
        try {
          isAccepted = finding !== undefined && accepts(written, finding);
        } catch {
          // The file is refused for an invisible character.
        }
        expect(isAccepted && withoutSpace(written) !== withoutSpace(reported)).toBe(false);
        if (written === ID && reported === ID) expect(isAccepted).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  },
);
