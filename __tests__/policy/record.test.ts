import { describe, expect, test } from '@jest/globals';
import { receiptOf } from '../../src/output/receipt.ts';
import { jsonOf } from '../../src/policy/json.ts';
import { sanitize } from '../../src/text/sanitize.ts';
import { BECAUSE_KINDS, DETAIL_KINDS, WAIVER_KINDS } from '../builders/kinds.ts';
import { CASES } from '../golden/cases.ts';
import {
  DIGEST,
  decided,
  exception,
  finding,
  heldImage,
  imageResult,
  notMet,
  runInfo,
  runResult,
} from '../output/builders.ts';
import { receiptErrors, receiptSchema } from '../output/schemas.ts';

const runs = Object.values(CASES).flatMap((cases) =>
  cases.map(([when, result]) => ({ when, result, record: result.record })),
);

describe('The record of a run', () => {
  test.each(runs)('is JSON as it stands, in the form of the schema: $when', ({ record }) => {
    // Unlike `toEqual`, this distinguishes undefined from absent.
    expect(JSON.parse(JSON.stringify(record))).toStrictEqual(record);
    expect(receiptErrors(receiptOf(record, runInfo))).toEqual([]);
  });

  test.each(runs)('has the facts of the decision, of each image too: $when', ({ result, record }) => {
    expect(record.because).toMatchObject({ kind: result.decision.because.kind });
    expect(record.images.map(({ because }) => because)).toEqual(
      result.images.map(({ decision }) => expect.objectContaining({ kind: decision.because.kind })),
    );
  });

  test.each(runs)('names an image to promote only if it passed: $when', ({ record }) => {
    const promoted = [record, ...record.images].filter(({ imageByDigest }) => imageByDigest !== null);
    expect(promoted.every(({ verdict }) => verdict === 'passed')).toBe(true);
  });

  test('names the gates that are not met, each with its facts and what waives a finding', () => {
    const accepted = finding({ acceptedBy: { ...exception, untilFixed: true } });
    const gates = notMet([finding()], { waived: [{ finding: accepted, by: accepted.waivers }] });
    const [image] = runResult([{ ...heldImage('app'), gates }]).record.images;
    expect(image?.because).toEqual({ kind: 'gates-not-met', gates: ['severity-cutoff'] });
    expect(image?.gates[1]).toMatchObject({
      detail: { kind: 'at-or-above', cutoff: 'high', onlyFixed: false, comparison: null },
      waived: [{ by: [{ kind: 'exception', exception: { until: '2026-12-31', untilFixed: true } }] }],
    });
  });

  test('has the digest of an image that did not pass, and nothing to promote', () => {
    const { record } = runResult([imageResult([], { decision: decided('severity-cutoff') })]);
    expect(record).toMatchObject({ digest: DIGEST, imageByDigest: null, images: [{ imageByDigest: null }] });
  });
});

test('Facts as JSON have null for what is unknown, and each text as one harmless line', () => {
  expect(
    jsonOf({ a: undefined, b: [1, undefined, 'x\n::error::y'], c: { d: true, e: null } }, sanitize),
  ).toEqual({
    a: null,
    b: [1, null, 'x : :error: :y'],
    c: { d: true, e: null },
  });
});

test.each([
  ['because', BECAUSE_KINDS],
  ['detail', DETAIL_KINDS],
  ['waiver', WAIVER_KINDS],
])('The schema knows every kind of %s, and no other', (name, kinds) => {
  expect(receiptSchema.$defs[name].properties.kind.enum.toSorted()).toEqual(Object.keys(kinds).toSorted());
});
