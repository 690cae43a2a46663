import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { readDecisionFile } from '../../src/config/decision-files/decision-file.ts';
import { matchesGlob } from '../../src/policy/waivers/decisions/path-glob.ts';
import { openVexErrors } from '../config/decision-files/openvex-schema.ts';

function read(name: string): string {
  return readFileSync(new URL(`../../examples/decisions/${name}`, import.meta.url), 'utf8');
}

describe('the examples of decisions', () => {
  test('for Trivy have no entry that accepts nothing', () => {
    expect(readDecisionFile(read('.trivyignore.yaml'), () => undefined)).toMatchObject({
      format: 'trivyignore',
      ignore: {
        entries: [{ until: '2027-02-28' }, { until: '2027-01-14' }],
        unusable: [],
        ignoredSections: [],
      },
    });
  });

  test('for Trivy have a pattern for the folder that the Console names and for the file that Trivy does', () => {
    const file = readDecisionFile(read('.trivyignore.yaml'), () => undefined);
    const globs =
      file.format === 'trivyignore' ? file.ignore.entries.flatMap(({ paths }) => paths ?? []) : [];
    const folder = 'usr/local/lib/python3.12/site-packages/pip-25.0.1.dist-info';
    expect(
      globs.map((glob) => [matchesGlob(glob, `/${folder}`), matchesGlob(glob, `${folder}/METADATA`)]),
    ).toEqual([[true, true]]);
  });

  test('of a supplier are OpenVEX by its schema, and every product can be read', () => {
    const text = read('supplier.openvex.json');
    expect(openVexErrors(JSON.parse(text))).toEqual([]);
    const file = readDecisionFile(text, JSON.parse);
    const { document } = file.format === 'openvex' ? file : { document: undefined };
    expect(document?.unknownMembers).toEqual([]);
    const kinds = document?.statements.flatMap(({ products }) => products.map(({ kind }) => kind));
    expect(kinds).toEqual(['image', 'image', 'package', 'package']);
  });
});
