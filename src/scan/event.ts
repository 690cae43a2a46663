import type { NoAnswer, ProgressAnswer, ReportReading } from './evidence.ts';
import type { Completion, Finished, GivenUp } from './state.ts';

/** What happened in a wait, for those who watch. `atMs` counts from the start of the step. */
export type WaitEvent = { readonly atMs: number } & WaitNews;

export type WaitNews =
  | { readonly kind: 'earlier-report'; readonly reading: ReportReading }
  | { readonly kind: 'trigger-sent' }
  | { readonly kind: 'trigger-accepted' }
  | { readonly kind: 'no-answer'; readonly failure: NoAnswer }
  | {
      readonly kind: 'looked';
      readonly state: Completion;
      /** Whether every question of this look was answered. */
      readonly isAnswered: boolean;
    };

/** How a wait ends; `unanswered` where the Console did not answer what had to be known. */
export type Ending = Finished | GivenUp | Unanswered;

export interface Unanswered {
  readonly phase: 'unanswered';
  readonly failure: NoAnswer;
  /** The last progress answer that had any entries. */
  readonly entries: ProgressAnswer;
}
