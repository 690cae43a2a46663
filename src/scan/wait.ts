import { asksProgress, asksReport, awaitsSign, provesEnd } from './asking.ts';
import { observe, overtake, triggeredAgain } from './completion.ts';
import type { Ending, Unanswered } from './event.ts';
import type { NoAnswer, ProgressAnswer } from './evidence.ts';
import { Foresight } from './foresight.ts';
import { withFullRow } from './full-row.ts';
import type { Digest } from './image.ts';
import type { Limits } from './limits.ts';
import { isAnswered, type Look, progressSays, readingOf } from './look.ts';
import { isPatienceHard, patienceEndsAtMs } from './patience.ts';
import { Questions } from './questions.ts';
import { carries, isRecent } from './recent.ts';
import { type Outlook, type PollInterval, progressSpacingMs } from './schedule.ts';
import type { ScanSource, StartScan } from './source.ts';
import { beginWait, type Completion, type Finished, finish, type GivenUp, giveUp } from './state.ts';
import { Trigger } from './trigger.ts';
import { type Surroundings, Vigil } from './vigil.ts';

/** What to wait for. Without `start`, somebody else starts the scan. */
export interface Wait {
  readonly source: ScanSource;
  readonly start: StartScan | undefined;
  readonly limits: Limits;
  readonly interval: PollInterval;
  /** What the scan must be of, so that it is worth asking for the digest again and again; undefined for any. */
  readonly requiredDigest: Digest | undefined;
  /** How long ago a scan of before may have finished that makes waiting needless, in milliseconds; undefined for none. */
  readonly maxScanAgeMs: number | undefined;
  /** Whether the findings decide, so that it is worth asking for them again and again. */
  readonly needsFindings: boolean;
}

/** The answer to the trigger is waited for this long before progress is looked at without it. */
const TRIGGER_HEAD_START_MS = 5_000;

/**
 * Waits until the scan is proven finished, or until it is clear that this will not be known in time. Looks,
 * lets the state machine judge, and sleeps, never past a limit. Throws what the Console refuses for good, and
 * the signal's reason when aborted.
 */
export async function awaitScan(wait: Wait, surroundings: Surroundings): Promise<Ending> {
  const over = new AbortController();
  const signal = AbortSignal.any([surroundings.signal, over.signal]);
  try {
    return await new Watch(wait, { ...surroundings, signal }).run();
  } finally {
    over.abort();
  }
}

class Watch {
  readonly #wait: Wait;
  readonly #vigil: Vigil;
  readonly #questions: Questions;
  readonly #trigger: Trigger | undefined;
  readonly #crowdSize: () => number;

  constructor(wait: Wait, surroundings: Surroundings) {
    const vigil = new Vigil(wait.interval, surroundings);
    this.#wait = wait;
    this.#vigil = vigil;
    this.#questions = new Questions(wait.source, vigil);
    this.#trigger = wait.start && new Trigger(wait.start, vigil);
    this.#crowdSize = surroundings.crowdSize;
  }

  async run(): Promise<Ending> {
    const vigil = this.#vigil;
    const earlier = await this.#questions.earlierReport();
    if (earlier.kind === 'no-answer') return unanswered(earlier, []);
    vigil.tell({ kind: 'earlier-report', reading: earlier.value });

    const origin = this.#trigger === undefined ? 'awaited' : 'triggered';
    const recent = await this.#recentScan(beginWait(origin, earlier.value, vigil.now()));
    if (recent !== undefined) return recent;
    // A scan that nobody can wait for any more is not worth starting.
    if (origin === 'triggered' && vigil.isTimeForLastLook()) {
      return giveUp(beginWait(origin, earlier.value, vigil.now()), 'not-asked-for');
    }
    const foresight = new Foresight(earlier.value);
    vigil.begin();
    await this.#send(foresight);
    const isStarted = this.#trigger === undefined || this.#trigger.outcome().kind === 'accepted';
    let state = beginWait(origin, earlier.value, vigil.now(), isStarted);
    // Right after the trigger there is nothing to see yet.
    if (origin === 'triggered' && isStarted && this.#wait.interval === 'auto') {
      await this.#pause(state, foresight.atStart(vigil.now()));
    }
    for (;;) {
      const isLast = vigil.isTimeForLastLook();
      const mayBeLost = this.#trigger?.outcome().kind === 'unclear';
      const look = await this.#look(state, isLast || mayBeLost);
      state = observe(state, look, this.#wait.limits);
      this.#forgetUnasked(state, look);
      foresight.saw(state, look);
      vigil.tell({ kind: 'looked', state, isAnswered: isAnswered(look) });
      if (state.phase === 'finished') return await this.#inFull(state);
      if (state.phase === 'given-up') return this.#excused(state);

      const hopeless = vigil.silences.exhausted(vigil.now());
      if (hopeless !== undefined) return unanswered(hopeless, state.entries);
      if (isLast) return this.#excused(overtake(state));
      await this.#pause(state, foresight.outlook(state, vigil.now()));
      if (mayBeLost && hasNoSign(state, look) && this.#maySendAgain()) {
        await this.#send(foresight);
        state = triggeredAgain(state);
      }
    }
  }

  /**
   * One look. Among many images progress is asked seldom, because the report answers for all of them at once; but what
   * the report alone would prove is held against progress first, as the table says.
   */
  async #look(state: Completion, isProgressDue: boolean): Promise<Look> {
    // What is shown to a question from before the request was accepted can be of an earlier scan.
    const isTriggerAccepted = this.#trigger?.outcome().kind === 'accepted';
    const mayAsk = asksProgress(state);
    const isAsked = mayAsk && (isProgressDue || this.#isProgressDue(state));
    let progress: Look['progress'] = isAsked ? await this.#questions.progress() : 'not-asked';
    const report = asksReport(progress) ? await this.#questions.report('compact') : 'not-asked';
    if (mayAsk && !isAsked && provesEnd(state, report)) progress = await this.#questions.progress();
    return { atMs: this.#vigil.now(), progress, report, isTriggerAccepted };
  }

  #isProgressDue(state: Completion): boolean {
    const patienceMs = patienceEndsAtMs(state, this.#wait.limits) ?? Infinity;
    const isLongAgo = this.#questions.progressAgeMs() >= progressSpacingMs(this.#crowdSize());
    return isLongAgo || this.#vigil.now() >= patienceMs;
  }

  /** What is not asked any more cannot have gone unanswered. */
  #forgetUnasked(state: Completion, look: Look): void {
    const { silences } = this.#vigil;
    if (look.report === 'not-asked') silences.forget('report');
    if (look.progress === 'not-asked' && !asksProgress(state)) silences.forget('progress');
    if (!awaitsSign(state) && state.phase !== 'given-up') silences.forget('trigger');
  }

  async #send(foresight: Foresight): Promise<void> {
    if (this.#trigger === undefined) return;
    foresight.triggered(this.#vigil.now());
    await this.#vigil.sleep(TRIGGER_HEAD_START_MS, this.#trigger.send());
  }

  #maySendAgain(): boolean {
    return this.#trigger?.maySendAgain() === true && !this.#vigil.isTimeForLastLook();
  }

  /** Sleeps until the next look, or until the trigger is answered. */
  async #pause(state: Completion, outlook: Outlook): Promise<void> {
    await this.#vigil.pause(outlook, {
      limitMs: patienceEndsAtMs(state, this.#wait.limits),
      isHard: isPatienceHard(state),
      event: this.#trigger?.pending(),
    });
  }

  /**
   * Where the time ran out on a question that was not answered, that is what has to be said. The last look has
   * little time, so its failure alone says less about the Console than the looks before it.
   */
  #excused(state: Finished | GivenUp): Ending {
    if (state.phase === 'finished') return state;
    const { silences } = this.#vigil;
    const untriggered = state.why === 'no-sign' ? silences.failure('trigger') : undefined;
    const failure = untriggered ?? silences.failure('progress', 2) ?? silences.failure('report', 2);
    return failure === undefined ? state : unanswered(failure, state.entries);
  }

  /** The scan of before, where it is recent enough to make another one needless. */
  async #recentScan(begun: Completion): Promise<Finished | undefined> {
    const { maxScanAgeMs, requiredDigest } = this.#wait;
    const { earlier } = begun;
    if (maxScanAgeMs === undefined || earlier.kind !== 'row' || !isRecent(earlier, maxScanAgeMs))
      return undefined;
    const found = await this.#inFull(finish(begun, 'recent', earlier.row));
    const isGood = found.error === '' && found.row !== undefined && carries(found.row, requiredDigest);
    return isGood ? found : undefined;
  }

  #inFull(state: Finished): Promise<Finished> {
    const { needsFindings, requiredDigest, limits } = this.#wait;
    // The compact row may lack the digest, or one of several.
    const hasDigest =
      state.row !== undefined && state.row.digests.length > 0 && carries(state.row, requiredDigest);
    const isDecisive = needsFindings || (requiredDigest !== undefined && !hasDigest);
    const need = {
      isDecisive,
      needsFindings,
      withinMs: isDecisive || !hasDigest ? limits.reportTimeoutMs : 0,
    };
    return withFullRow(state, need, this.#questions, this.#vigil);
  }
}

function unanswered(failure: NoAnswer, entries: ProgressAnswer): Unanswered {
  return { phase: 'unanswered', failure, entries };
}

/** Whether a look says plainly that there is no scan of ours: only then may a lost request be sent again. */
function hasNoSign(state: Completion, look: Look): boolean {
  return awaitsSign(state) && progressSays(look.progress) === 'nothing' && readingOf(look) !== undefined;
}
