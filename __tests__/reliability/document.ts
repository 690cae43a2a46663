import { type Cell, POSITIONS, TIMES } from './cell.ts';
import type { Outcome } from './cell-run.ts';
import { CALL_TEXT, CALLS } from './fault-case.ts';
import { isRepresentative } from './faults.ts';
import { type Figures, figuresLine } from './figures.ts';
import { type SetupName, setupOf } from './setups.ts';

const INTRODUCTION = `# Every fault, at every call

Each row is a fault that the embedded Console, or the network path to it, commits over a real socket, at one call, while the
whole gate waits for a scan. \`docs/reliability.md\` says what follows from it.
`;

const LEGEND = `\`passed\` is \`scan-completed\`; every other word is the reason. Three words are
those of a fault that begins with the first request of its call, in the middle of the scan, and after its end; of the trigger, the
first request, the second and the third. One word stands for all three, and – was not run.
`;

/** The results of the same faults if something else decides as well. */
const SECTIONS = [
  {
    setup: 'good',
    title: 'Without a gate',
    usual: 'passed',
    introduction: LEGEND,
  },
  {
    setup: 'vulnerable',
    title: 'With a gate that is not met',
    usual: 'severity-cutoff',
    introduction: `\`severity-cutoff: high\`, a high finding in the new report, and an earlier clean row. One status of each meaning stands for the
others.
`,
  },
  {
    setup: 'clean',
    title: 'With a gate that is met',
    usual: 'passed',
    introduction: `\`severity-cutoff: high\`, and no finding.
`,
  },
] as const satisfies readonly {
  setup: SetupName;
  title: string;
  usual: string;
  introduction: string;
}[];

interface Row {
  readonly faults: readonly string[];
  readonly calls: readonly string[];
  readonly verdicts: string;
}

/** The page on reliability. The same figures make the same text. */
export function renderDocument(figures: Figures): string {
  return [
    INTRODUCTION,
    `## Figures\n\n${figuresLine(figures)}.\n`,
    `${modesOf(figures.outcomes)}\n`,
    ...SECTIONS.flatMap(({ setup, title, usual, introduction }) => [
      `## ${title}\n`,
      introduction,
      `Faults and calls that are not listed: ${usual}.\n`,
      ...tableOf(
        figures.outcomes.filter(({ cell }) => cell.setup === setup && isShown(cell)),
        usual,
      ),
      '',
    ]),
  ].join('\n');
}

function isShown({ mode, setup, call, fault }: Cell): boolean {
  if (mode !== 'trigger') return false;
  return setup === 'good' ? call !== 'full report' : isRepresentative(fault);
}

function tableOf(outcomes: readonly Outcome[], usual: string): readonly string[] {
  const families = new Map<string, readonly Outcome[]>();
  for (const outcome of outcomes) {
    const { family } = outcome.cell.fault;
    families.set(family, [...(families.get(family) ?? []), outcome]);
  }
  const rows = [...merged(families)]
    .flatMap(([names, ofThese]) => rowsOf(names, ofThese))
    .filter(({ verdicts }) => verdicts.split(' | ').some((each) => each !== usual && each !== '–'));
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

/** Families with the same results, such as the statuses of 5xx, share their rows. */
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

/** One row for faults and calls with the same results; a whole family goes by its name. */
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
