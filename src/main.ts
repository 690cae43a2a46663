import { announce } from './action/announce.ts';
import { type Inputs, parseInputs } from './action/inputs.ts';
import { publish, summarize } from './action/publish.ts';
import type { Runner } from './action/runner.ts';
import type { Secrets } from './action/secrets.ts';
import { consoleHost } from './console/address.ts';
import { decisionOn } from './failing.ts';
import type { Verdict } from './gate/verdict.ts';
import { type Asked, recordOf, recordOfFailure, type StepRecord } from './report/record.ts';
import { withTexts } from './report/texts.ts';
import { Timeline } from './report/timeline.ts';
import { waitForAll } from './waiting.ts';

/**
 * The whole story: inputs → console → wait → verdict → outputs → summary. Gives the verdict; rejects only where
 * the outputs cannot be written.
 */
export async function main(runner: Runner): Promise<Verdict> {
  const record = struck(await decideStep(runner), runner.secrets);
  publish(runner, record);
  await summarize(runner, record);
  return record.decision.verdict;
}

/**
 * The end of a run that broke in a way nobody foresaw: never a pass. Writes what can still be written; of an
 * output that is written twice, the later value counts.
 */
export function crash(runner: Runner, error: unknown): Verdict {
  // The clock of the process began with it.
  const run = { durationMs: runner.clock.nowMs(), timeline: [] };
  const record = struck(recordOfFailure(decisionOn(error, runner), run), runner.secrets);
  publish(runner, record);
  return record.decision.verdict;
}

async function decideStep(runner: Runner): Promise<StepRecord> {
  const startedAtMs = runner.clock.nowMs();
  const timeline = new Timeline();
  const run = () => ({ durationMs: runner.clock.nowMs() - startedAtMs, timeline: timeline.entries() });
  try {
    const inputs = await parseInputs(runner.inputs, runner.readFile);
    announce(runner, inputs);
    const today = runner.today();
    const judged = await waitForAll(runner, inputs, timeline, today);
    return recordOf(judged, askedIn(inputs), today, run());
  } catch (error) {
    return recordOfFailure(decisionOn(error, runner), run());
  }
}

/** The record with no secret in any text: some of their words are the Console's. */
function struck(record: StepRecord, secrets: Secrets): StepRecord {
  return withTexts(record, (text) => secrets.strike(text));
}

function askedIn({ task, address, gates, maxScanAgeMs }: Inputs): Asked {
  return {
    mode: task.mode,
    consoleHost: consoleHost(address),
    apiVersion: address.apiVersion,
    project: address.project,
    gates,
    maxScanAgeMs,
  };
}
