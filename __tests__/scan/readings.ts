import { Deadline } from '../../src/scan/deadline.ts';
import { type Answer, answer, type NoAnswer, type ReportReading } from '../../src/scan/evidence.ts';
import { Questions } from '../../src/scan/questions.ts';
import { Vigil } from '../../src/scan/vigil.ts';
import { FakeClock } from './fake-clock.ts';

/** What the report says, or that it does not answer. */
export type Reading = ReportReading | NoAnswer;

/** What is asked of a report that gives one reading after the other, and the last of them for ever. */
export function askedOf(...readings: readonly Reading[]) {
  const clock = new FakeClock();
  const vigil = new Vigil('auto', {
    clock,
    deadline: new Deadline(clock, 600_000),
    random: () => 0.5,
    signal: new AbortController().signal,
    onEvent: () => undefined,
    crowdSize: () => 1,
  });
  let reads = 0;
  const report = async (): Promise<Answer<ReportReading>> => {
    const reading = readings[Math.min(reads, readings.length - 1)] ?? { kind: 'absent' };
    reads += 1;
    return reading.kind === 'no-answer' ? reading : answer(reading);
  };
  const questions = new Questions({ progress: async () => answer([]), report }, vigil);
  return { clock, vigil, questions, reads: () => reads };
}
