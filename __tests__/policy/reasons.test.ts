import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Decision, decision, VERDICT_OF, worst } from '../../src/gate/verdict.ts';

const reasons = fc.constantFrom(
  ...Object.keys(VERDICT_OF).filter((name): name is keyof typeof VERDICT_OF => name in VERDICT_OF),
);
const decisions = fc.array(
  fc.tuple(reasons, fc.string()).map(([reason, message]) => decision(reason, message)),
);

const one = (reason: Decision['reason'], message: string = reason) => decision(reason, message);

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
      expect(worst(inOrder.slice(index).reverse())).toBe(expected);
    }
  });

  test('is the first among equals', () => {
    expect(
      worst([one('scan-completed'), one('scan-error', 'first'), one('scan-error', 'second')]).message,
    ).toBe('first');
  });

  test('is no pass where nothing was decided', () => {
    expect(worst([]).verdict).toBe('error');
  });

  test('is a pass only where all passed', () => {
    fc.assert(
      fc.property(decisions, (all) => {
        const allPassed = all.length > 0 && all.every(({ verdict }) => verdict === 'passed');
        expect(worst(all).verdict === 'passed').toBe(allPassed);
      }),
    );
  });
});
