import type { FaultCase, Meaning } from './fault-case.ts';

type Rewrite = readonly [pattern: RegExp, to: string];

/** A fault of the report that is read in full, which alone has findings. */
function findings(name: string, meaning: Meaning, [pattern, to]: Rewrite): FaultCase {
  return {
    family: 'The findings, spoiled',
    name,
    wire: (call) =>
      call === 'full report' ? { kind: 'fault', fault: { kind: 'rewrite', pattern, to } } : undefined,
    meaning: () => meaning,
  };
}

/** The list, whatever is in it, `null` of a clean image included. */
const LIST = /"vulnerabilities":(?:null|\[.*?\])(?=,"vulnerabilitiesCount")/s;
const COUNTS = /"vulnerabilityDistribution":\{[^}]*\}/g;
const LIST_AND_COUNTS = new RegExp(`${LIST.source}(,.*?)${COUNTS.source}`, 's');

const LIST_AND_ALL_COUNTS = new RegExp(
  `${LIST.source},"vulnerabilitiesCount":\\d+(,.*?)${COUNTS.source}`,
  's',
);

const ZEROS = '"vulnerabilityDistribution":{"critical":0,"high":0,"medium":0,"low":0,"total":0}';

/** Values that cannot be read as findings: not even a clean image may pass with them. */
export const UNREADABLE_FINDINGS: readonly FaultCase[] = [
  ...[
    ['a string', '"none"'],
    ['a number', '0'],
    ['`false`', 'false'],
    ['an object', '{}'],
    ['a list of `null`', '[null]'],
    ['a list of texts', '["CVE-2099-0001"]'],
    ['a list of lists', '[[]]'],
    ['a list with a severity that is a number', '[{"cve":"CVE-2099-0001","severity":7}]'],
    ['a list with a severity that is a list', '[{"cve":"CVE-2099-0001","severity":["high"]}]'],
    ['a list with a mark that is a text', '[{"cve":"CVE-2099-0001","severity":"low","block":"false"}]'],
    ['cut off within a finding', '[{"cve":"CVE-2099-0001","sever'],
  ].map(([name = '', to = '']) => findings(name, 'nonsense', [LIST, `"vulnerabilities":${to}`])),
  findings('counts of texts', 'nonsense', [COUNTS, '"vulnerabilityDistribution":{"high":"0","total":"0"}']),
  findings('neither list nor counts', 'nonsense', [
    LIST_AND_ALL_COUNTS,
    '"vulnerable":null,"vulnerableCount":0$1"counted":{}',
  ]),
];

/** Readable values that show fewer or more findings than there are: a gate that is not met must still fail. */
export const MISLEADING_FINDINGS: readonly FaultCase[] = [
  findings('no list', 'odd', [LIST, '"vulnerable":null']),
  findings('`null` for the list', 'odd', [LIST, '"vulnerabilities":null']),
  findings('an empty list', 'odd', [LIST, '"vulnerabilities":[]']),
  findings('no counts', 'odd', [COUNTS, '"counted":{}']),
  findings('counts of nothing', 'odd', [COUNTS, ZEROS]),
  findings('counts of more', 'odd', [
    COUNTS,
    '"vulnerabilityDistribution":{"critical":2,"high":9,"total":11}',
  ]),
  findings('no list, and counts of nothing', 'odd', [LIST_AND_COUNTS, `"vulnerable":null$1${ZEROS}`]),
  findings('an empty list, and counts of nothing', 'odd', [
    LIST_AND_COUNTS,
    `"vulnerabilities":[]$1${ZEROS}`,
  ]),
  findings('an empty list, and no counts', 'odd', [LIST_AND_COUNTS, '"vulnerabilities":[]$1"counted":{}']),
  findings('an unknown word for the severity', 'odd', [/"severity":"[^"]*"/g, '"severity":"hihg"']),
  findings('no severity', 'odd', [/"severity":"[^"]*"/g, '"sincerity":"high"']),
  findings('findings without a name', 'odd', [/"cve":"[^"]*"/g, '"cve":""']),
];
