import { GATE_NAMES } from '../policy/gate-name.ts';
import type { GateResult } from '../policy/gates.ts';
import { hasGate } from '../policy/policy.ts';
import type { RunRequest, RunResult } from '../policy/result.ts';
import { finishedCondition, gateCondition } from '../text/gate-condition.ts';
import { gateOutcome, NO_GATE, worstState } from '../text/gate-outcome.ts';
import { markdownTable, type Section } from '../text/markdown.ts';
import { PART } from '../text/summary-text.ts';

const SIGN = { met: '✅', 'not-met': '❌', unknown: '➖' } as const satisfies Record<
  GateResult['state'],
  string
>;

/** Every gate in force, with its state and the number of findings that violate it. */
export function gateSection(result: RunResult): Section {
  const { images, request } = result;
  const isGated = request !== undefined && request.mode !== 'check';
  const rows = !isGated ? [] : images.length === 0 ? [runRow(result, request)] : gateRows(images, request);
  return { about: PART.gates, markdown: isGated ? markdownTable(['', 'Gate', 'Result'], rows) : '' };
}

/** The one gate of a run that belongs to no particular image. */
function runRow({ decision }: RunResult, request: RunRequest): readonly string[] {
  const isMet = decision.verdict === 'passed';
  return [isMet ? SIGN.met : SIGN['not-met'], finishedCondition(request), isMet ? 'met' : '**not met**'];
}

function gateRows(images: RunResult['images'], request: RunRequest): readonly (readonly string[])[] {
  const rows = GATE_NAMES.flatMap((name) => {
    const results = images.flatMap(({ gates }) => gates.filter(({ gate }) => gate === name));
    return results.length === 0
      ? []
      : [[SIGN[worstState(results)], gateCondition(name, request), gateOutcome(results)]];
  });
  return hasGate(request.policy) ? rows : [...rows, [SIGN.unknown, NO_GATE.condition, NO_GATE.outcome]];
}
