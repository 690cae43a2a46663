import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { publish } from '../../src/output/publish.ts';
import { VERDICT_OF } from '../../src/policy/reasons.ts';
import type { RecordedRun } from '../../src/policy/record.ts';
import { BECAUSE_KINDS, DETAIL_KINDS, WARNING_KINDS } from '../builders/kinds.ts';
import { recordingHost } from '../output/publish-host.ts';
import { CASES, type GoldenCase } from './cases.ts';

const PAGE = fileURLToPath(new URL('messages.md', import.meta.url));

const INTRODUCTION = `# Messages

What the log shows for every reason: warnings, the line that decides, and the counts. This page is generated from
results that were evaluated by the source and is compared with it by a test. To change the wording, change the source, run
\`GOLDEN=write npm run jest -- __tests__/golden\`, and read the difference.`;

async function linesOf(result: RecordedRun): Promise<readonly string[]> {
  const { host, log } = recordingHost();
  await publish(host, result);
  // The title of the annotation repeats how its line begins.
  return log.map((line) => line.replace(/^error: Registry scan gate: [^:]+: /, ''));
}

async function sectionOf([when, result]: GoldenCase): Promise<string> {
  return [when, '', '```text', ...(await linesOf(result)), '```'].join('\n');
}

async function page(): Promise<string> {
  const sections: string[] = [INTRODUCTION];
  for (const [reason, cases] of Object.entries(CASES)) {
    const verdict = Object.entries(VERDICT_OF).find(([name]) => name === reason)?.[1];
    sections.push(`## ${reason} (${verdict})`);
    for (const each of cases) {
      expect(each[1].decision.reason).toBe(reason);
      sections.push(await sectionOf(each));
    }
  }
  return `${sections.join('\n\n')}\n`;
}

const runs = Object.values(CASES).flatMap((cases) => cases.map(([, result]) => result));
const images = runs.flatMap((result) => result.images);

test.each([
  ['a decision', BECAUSE_KINDS, runs.map(({ decision }) => decision.because)],
  ['a gate', DETAIL_KINDS, images.flatMap(({ gates }) => gates.map(({ detail }) => detail))],
  ['a warning', WARNING_KINDS, images.flatMap(({ warnings }) => warnings)],
])('the golden page has every kind of fact behind %s', (_name, kinds, facts) => {
  expect([...new Set(facts.map(({ kind }) => kind))].toSorted()).toEqual(Object.keys(kinds).toSorted());
});

test('the messages of every reason are those of the golden page', async () => {
  const current = await page();
  if (process.env.GOLDEN === 'write') writeFileSync(PAGE, current);
  expect(current).toBe(readFileSync(PAGE, 'utf8'));
});
