import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { publish } from '../../src/output/publish.ts';
import { VERDICT_OF } from '../../src/policy/reasons.ts';
import type { RecordedRun } from '../../src/policy/record.ts';
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

async function sectionOf({ when, result }: GoldenCase): Promise<string> {
  return [when, '', '```text', ...(await linesOf(result)), '```'].join('\n');
}

async function page(): Promise<string> {
  const sections: string[] = [INTRODUCTION];
  for (const [reason, cases] of Object.entries(CASES)) {
    const verdict = Object.entries(VERDICT_OF).find(([name]) => name === reason)?.[1];
    sections.push(`## ${reason} (${verdict})`);
    for (const each of cases) {
      expect(each.result.decision.reason).toBe(reason);
      sections.push(await sectionOf(each));
    }
  }
  return `${sections.join('\n\n')}\n`;
}

test('the messages of every reason are those of the golden page', async () => {
  const current = await page();
  if (process.env.GOLDEN === 'write') writeFileSync(PAGE, current);
  expect(current).toBe(readFileSync(PAGE, 'utf8'));
});
