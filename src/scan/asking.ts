import { isNewer } from './evidence.ts';
import { type Look, progressSays } from './look.ts';
import type { Completion } from './state.ts';

/** Whether nothing has been seen yet that must be of the awaited scan. */
export function awaitsSign(state: Completion): boolean {
  return state.phase === 'unseen' || state.phase === 'end-unproven';
}

/** Once the end was seen, nothing in progress can help: asking again might eat the end of another's scan. */
export function asksProgress(state: Completion): boolean {
  return state.phase !== 'ended';
}

/** Whether the report shows a newer row than before: then progress has to be asked before that is believed. */
export function provesEnd(state: Completion, report: Look['report']): boolean {
  if (report === 'not-asked' || report.kind === 'no-answer' || report.value.kind !== 'row') return false;
  return isNewer(report.value.row, state.earlier);
}

/** While progress shows the scan running the report cannot have it, and reading it is rationed. */
export function asksReport(progress: Look['progress']): boolean {
  return progressSays(progress) !== 'running';
}
