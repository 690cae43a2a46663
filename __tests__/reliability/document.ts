import { type Cell, POSITIONS, TIMES } from './cell.ts';
import type { Outcome } from './cell-run.ts';
import { CALL_TEXT, CALLS } from './fault-case.ts';
import { isRepresentative } from './faults.ts';
import { type Figures, figuresLine } from './figures.ts';
import { type SetupName, setupOf } from './setups.ts';

const INTRODUCTION = `# Reliability

What becomes of a run when something breaks, tried out: each row below is a fault that the embedded Console, or the
way to it, really commits over a socket, at one call, while the whole gate waits for a scan. This page is written by
the run (\`RELIABILITY_WRITE=1 npm run jest -- __tests__/reliability\`), and every test run checks it.

**What is tried again.** No answer (refused, reset, dropped, stalled), 408, 425, 429 and 5xx are asked again, with
growing pauses, until the deadline. So is an answer that makes no sense, since a proxy's page may be gone in a moment,
and a redirect, which is never followed. A rejected token is renewed once. The request to scan is only repeated where
progress and report show nothing of it.

**What is final.** 400, 401 after the renewal, 403, 404, the rest of 4xx, and a certificate that is not trusted. The one
exception is a report that may not be read (403, 404): then progress alone has to show the end, and a gate that needs
the findings ends the run with \`report-unavailable\`, as it does where the findings alone are refused (400).

**What is not believed at once.** That there was no scan before, or one in the future: it is asked three times. A report with findings that
tells less than the same scan's did without: it is read again until \`report-timeout\`. A time of an answer with a
negative \`Age\`: no scan is recent by that.

**How long.** A Console that never answered, a log-in aside, is given up after a minute; one that did is asked until \`timeout\`.
`;

const LEGEND = `\`passed\` stands for \`scan-completed\`, every other word is the [reason](reasons.md) of a failure. Three
words are those of a fault that strikes at the start, in the middle and at the end of the wait; one word is all three, and – was not tried.
For the request to scan it is the first attempt, the second and the third. Without a gate it changes nothing whether the
report can be read with findings once the scan is over: whatever strikes that, it passes.
`;

/** What becomes of the same faults where something else decides as well. */
const SECTIONS = [
  { setup: 'good', title: 'What becomes of each fault', introduction: LEGEND },
  {
    setup: 'vulnerable',
    title: 'Where a gate has to object',
    introduction: `With \`severity-cutoff: high\` and a high finding in the new report; the row of before was clean. Nothing may make it pass.
The report is read with findings once the scan is over, so there start, middle and end are one. Of the statuses one of each meaning is shown.
`,
  },
  {
    setup: 'clean',
    title: 'Where a gate finds nothing',
    introduction: `With \`severity-cutoff: high\` and no finding. What passes by itself may not make it fail.
`,
  },
  {
    setup: 'recent',
    title: 'Where a recent scan will do',
    introduction: `With \`max-scan-age: 1h\` and a scan of half an hour ago, of the digest that is asked for: \`recent-scan\`, or a fresh scan where that is not clear.
`,
  },
  {
    setup: 'stale',
    title: 'Where the last scan is too old',
    introduction: `The same with a scan of three hours ago. Nothing may make it look recent: only a fresh scan passes.
`,
  },
] as const satisfies readonly { setup: SetupName; title: string; introduction: string }[];

interface Row {
  readonly faults: readonly string[];
  readonly calls: readonly string[];
  readonly verdicts: string;
}

/** The page about reliability, as the run found it. The same figures make the same text. */
export function renderDocument(figures: Figures): string {
  return [
    INTRODUCTION,
    `## Figures\n\n${figuresLine(figures)}.\n`,
    `${modesOf(figures.outcomes)}\n`,
    ...SECTIONS.flatMap(({ setup, title, introduction }) => [
      `## ${title}\n`,
      introduction,
      ...tableOf(figures.outcomes.filter(({ cell }) => cell.setup === setup && isShown(cell))),
      '',
    ]),
  ].join('\n');
}

function isShown({ mode, setup, call, fault }: Cell): boolean {
  if (mode !== 'trigger') return false;
  return setup === 'good' ? call !== 'full report' : isRepresentative(fault);
}

function tableOf(outcomes: readonly Outcome[]): readonly string[] {
  const families = new Map<string, readonly Outcome[]>();
  for (const outcome of outcomes) {
    const { family } = outcome.cell.fault;
    families.set(family, [...(families.get(family) ?? []), outcome]);
  }
  const rows = [...merged(families)].flatMap(([names, ofThese]) => rowsOf(names, ofThese));
  return [
    '| fault | call | once | twice | for good |\n| --- | --- | --- | --- | --- |',
    ...rows.map(
      ({ faults, calls, verdicts }) => `| ${faults.join(', ')} | ${calls.join(', ')} | ${verdicts} |`,
    ),
  ];
}

function modesOf(outcomes: readonly Outcome[]): string {
  const counts = new Map<string, { cells: number; passed: number }>();
  for (const { cell, verdict } of outcomes) {
    const key = `\`${cell.mode}\` | ${setupOf(cell.setup).text}`;
    const count = counts.get(key) ?? { cells: 0, passed: 0 };
    counts.set(key, { cells: count.cells + 1, passed: count.passed + (verdict === 'passed' ? 1 : 0) });
  }
  const lines = [...counts].map(([key, { cells, passed }]) => `| ${key} | ${cells} | ${passed} |`);
  return ['| mode | the scan | cells | passed |', '| --- | --- | --- | --- |', ...lines].join('\n');
}

/** Families that fare alike, such as the statuses of 5xx, share their rows. */
function merged(families: ReadonlyMap<string, readonly Outcome[]>): ReadonlyMap<string, readonly Outcome[]> {
  const alike = new Map<string, { names: string[]; outcomes: readonly Outcome[] }>();
  for (const [family, outcomes] of families) {
    const uniform = rowsOf('', outcomes).every(({ faults }) => faults[0] === '');
    const key = uniform
      ? JSON.stringify(rowsOf('', outcomes).map(({ calls, verdicts }) => [calls, verdicts]))
      : family;
    const same = alike.get(key);
    if (same === undefined) alike.set(key, { names: [family], outcomes });
    else same.names.push(family.replace(/^(?:Status|Redirect) /, ''));
  }
  return new Map([...alike.values()].map(({ names, outcomes }) => [names.join(', '), outcomes]));
}

/** One row for faults and calls that fare alike; a whole family goes by its name. */
function rowsOf(family: string, outcomes: readonly Outcome[]): readonly Row[] {
  const names = [...new Set(outcomes.map(({ cell }) => cell.fault.name))];
  const byResults = new Map<string, { faults: string[]; results: readonly (readonly [string, string])[] }>();
  for (const name of names) {
    const results = resultsOf(outcomes.filter(({ cell }) => cell.fault.name === name));
    const key = JSON.stringify(results);
    const same = byResults.get(key);
    if (same === undefined) byResults.set(key, { faults: [name], results });
    else same.faults.push(name);
  }
  return [...byResults.values()].flatMap(({ faults, results }) => {
    const isWhole = byResults.size === 1;
    const label = isWhole ? family : `${family}: ${faults.join('; ')}`;
    const byVerdicts = new Map<string, string[]>();
    for (const [call, verdicts] of results)
      byVerdicts.set(verdicts, [...(byVerdicts.get(verdicts) ?? []), call]);
    return [...byVerdicts].map(([verdicts, calls]) => ({ faults: [label], calls, verdicts }));
  });
}

/** For each call, the verdicts of a fault: once, twice, for good. */
function resultsOf(outcomes: readonly Outcome[]): readonly (readonly [call: string, verdicts: string])[] {
  return [...CALLS, 'any' as const].flatMap((call) => {
    const ofCall = outcomes.filter(({ cell }) => cell.call === call);
    if (ofCall.length === 0) return [];
    const verdicts = TIMES.map((times) =>
      atPositions(ofCall.filter(({ cell }) => cell.times === times)),
    ).join(' | ');
    return [[call === 'any' ? 'any' : `\`${CALL_TEXT[call]}\``, verdicts] as const];
  });
}

function atPositions(outcomes: readonly Outcome[]): string {
  const words = POSITIONS.flatMap((position) => {
    const found = outcomes.find(({ cell }) => cell.position === position);
    return found === undefined ? [] : [found.reason === 'scan-completed' ? 'passed' : found.reason];
  });
  if (words.length === 0) return '–';
  return new Set(words).size === 1 ? (words[0] ?? '') : words.join(' / ');
}
