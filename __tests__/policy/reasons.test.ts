import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { byVerdict, type Decision, decide, worstOf } from '../../src/policy/decision.ts';
import { VERDICT_OF } from '../../src/policy/reasons.ts';

const reasons = fc.constantFrom(
  ...Object.keys(VERDICT_OF).filter((name): name is keyof typeof VERDICT_OF => name in VERDICT_OF),
);
const decisions = fc.array(
  fc.tuple(reasons, fc.string()).map(([reason, message]) => decide(reason, { kind: 'defect', message })),
);

const one = (reason: Decision['reason'], message: string = reason) =>
  decide(reason, { kind: 'defect', message });

describe('The worst of several decisions', () => {
  test('goes error, cancelled, timed-out, failed, passed', () => {
    const inOrder = [
      one('unreachable'),
      one('signal'),
      one('not-started'),
      one('scan-error'),
      one('scan-completed'),
    ];
    for (const [index, expected] of inOrder.entries()) {
      expect(worstOf(inOrder.slice(index).reverse())).toBe(expected);
    }
  });

  test('is what an order of decisions begins with', () => {
    fc.assert(
      fc.property(decisions, (all) => {
        fc.pre(all.length > 0);
        expect(all.toSorted(byVerdict)[0]).toBe(worstOf(all));
      }),
    );
  });

  test('is the first among equals', () => {
    expect(
      worstOf([one('scan-completed'), one('scan-error', 'first'), one('scan-error', 'second')]).because,
    ).toMatchObject({ message: 'first' });
  });

  test('is no pass if nothing was decided', () => {
    expect(worstOf([]).verdict).toBe('error');
  });

  test('is a pass only if all passed', () => {
    fc.assert(
      fc.property(decisions, (all) => {
        const allPassed = all.length > 0 && all.every(({ verdict }) => verdict === 'passed');
        expect(worstOf(all).verdict === 'passed').toBe(allPassed);
      }),
    );
  });
});
