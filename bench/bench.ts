import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseDurations } from './durations-file.ts';
import { fleet } from './fleet.ts';
import { largeReport } from './large-report.ts';
import { memory } from './memory.ts';
import type { Options, Part } from './part.ts';
import { polling } from './polling.ts';
import { scale } from './scale.ts';
import { startUp } from './start-up.ts';

/** All parts of the benchmark, in the order of the report. */
const PARTS: readonly Part[] = [polling, scale, fleet, memory, largeReport, startUp];

const options = optionsOf();
const results: Record<string, unknown> = { seed: options.seed };
for (const part of PARTS) {
  const { name, data, lines } = await part(options);
  results[name] = data;
  console.log(`${name}\n\n${lines.join('\n')}\n`);
}
writeFileSync(
  fileURLToPath(new URL('results.json', import.meta.url)),
  `${JSON.stringify(results, undefined, 2)}\n`,
);
console.log('written: bench/results.json');

function optionsOf(): Options {
  const { values } = parseArgs({
    options: { seed: { type: 'string', default: '20261102' }, durations: { type: 'string' } },
  });
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed)) throw new Error(`--seed wants a whole number, not ${values.seed}`);
  const durations =
    values.durations === undefined ? undefined : parseDurations(readFileSync(values.durations, 'utf8'));
  return { seed, durations };
}
