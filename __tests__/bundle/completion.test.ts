import { beforeAll, describe, expect, test } from '@jest/globals';
import { TABLES } from './completion-cases.ts';
import { casesOf } from './completion-words.ts';
import { gate, gates, NO_IMAGE, of, type Run } from './gate.ts';

/* Every case of `completion-cases.ts` through the front door. */

const RULES = TABLES.map(({ rule, mode, cases }) => ({
  rule,
  cases: casesOf(cases).map((each) => ({ ...each, mode, id: `${rule}: ${each.name}` })),
}));

let runOf: (id: string) => Run;
beforeAll(async () => {
  const all = RULES.flatMap(({ cases }) => cases).map((each) => ({ ...each, name: each.id }));
  runOf = await gates(all, ({ scripts, mode, inputs }) =>
    gate(scripts, { mode, ...(mode === 'await-regular' ? NO_IMAGE : {}), ...inputs }),
  );
});

describe.each(RULES)('$rule', ({ cases }) => {
  test.each(cases)('$name', ({ id, mode, expected, isTriggered }) => {
    const run = runOf(id);
    const { exitCode, outputs } = run;

    expect(`${outputs.verdict} ${outputs.reason}`).toBe(expected);
    expect(exitCode).toBe(outputs.verdict === 'passed' ? 0 : 1);
    expect(of(run, 'trigger')).toHaveLength(mode === 'trigger' && isTriggered ? 1 : 0);
    expect(of(run, 'other')).toEqual([]);
  });
});
