import type { RunInfo } from '../host.ts';
import { subjectName } from '../image/image.ts';
import type { Decision } from '../policy/decision.ts';
import { groupFindings } from '../policy/finding-group.ts';
import { violatingFindings } from '../policy/gates.ts';
import type { RecordedRun } from '../policy/record.ts';
import type { Check, ImageResult, RunResult } from '../policy/result.ts';
import type { Description } from '../text/description.ts';
import { groupText } from '../text/finding-names.ts';
import { moreText } from '../text/summary-text.ts';
import { describeImage, describeRun } from '../text/verdict-line.ts';
import { TOOL } from '../text/version.ts';

/** Maximum number of findings that a test case lists. */
const FINDINGS_LISTED = 100;

/** One test case of the suite, with its problem. */
interface TestCase {
  readonly name: string;
  readonly problem: Problem | undefined;
}

interface Problem {
  readonly element: 'failure' | 'error' | 'skipped';
  /** The reason code; empty if there is none. */
  readonly type: string;
  /** The event. */
  readonly message: string;
  /** The advice and the findings. */
  readonly details: readonly string[];
}

/** The run as a JUnit file: one test suite, and a test case for each image, or for each check of a preflight. */
export function junitOf(result: RecordedRun, { reasonsPage }: Pick<RunInfo, 'reasonsPage'>): string {
  const cases = casesOf(result, reasonsPage);
  const count = (element: Problem['element']) =>
    cases.filter(({ problem }) => problem?.element === element).length;
  const seconds = (result.durationMs / 1000).toFixed(3);
  const totals = attributes({
    name: TOOL,
    tests: String(cases.length),
    failures: String(count('failure')),
    errors: String(count('error')),
    time: seconds,
  });
  const startedAt = result.record.run.startedAt.replace(/\.\d+Z$/, '');
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${totals}>`,
    // Jenkins' schema has no total of `skipped`.
    `  <testsuite${totals}${attributes({ skipped: String(count('skipped')), timestamp: startedAt })}>`,
    ...cases.map(caseElement),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function casesOf(result: RunResult, reasonsPage: string): readonly TestCase[] {
  const { checks, images, decision, request } = result;
  const cases =
    checks.length > 0
      ? checks.map(checkCase)
      : images.map((image) => ({
          name: image.name,
          problem: problemOf(image.decision, describeImage(image), image),
        }));
  // A run that did not pass must never look as if it passed.
  const isShown = decision.verdict === 'passed' || cases.some(({ problem }) => problem !== undefined);
  if (cases.length > 0 && isShown) return cases;
  const name = request?.mode === 'await-regular' ? subjectName('regular-scan') : 'the run';
  return [...cases, { name, problem: problemOf(decision, describeRun(result, reasonsPage)) }];
}

function checkCase({ check, state, message, fix }: Check): TestCase {
  const details = fix === '' ? [] : [fix];
  switch (state) {
    case 'ok':
      return { name: check, problem: undefined };
    case 'failed':
      return { name: check, problem: { element: 'failure', type: 'check-failed', message, details } };
    case 'cannot-tell':
      return { name: check, problem: { element: 'skipped', type: '', message, details } };
  }
}

/** An image that was evaluated and did not pass is a failure; one that could not be evaluated is an error. */
function problemOf(
  { verdict, reason }: Decision,
  text: Omit<Description, 'brief'>,
  image?: ImageResult,
): Problem | undefined {
  const details = [text.todo, ...findingLines(image)];
  switch (verdict) {
    case 'passed':
      return undefined;
    case 'failed':
    case 'timed-out':
      return { element: 'failure', type: reason, message: text.what, details };
    case 'error':
    case 'cancelled':
      return { element: 'error', type: reason, message: text.what, details };
  }
}

/** The findings that violate a gate, one a line, each once. */
function findingLines(image: ImageResult | undefined): readonly string[] {
  const findings = violatingFindings(image?.gates ?? []);
  const groups = groupFindings(findings);
  const lines = groups
    .slice(0, FINDINGS_LISTED)
    .map((group) => `${group.finding.severity}: ${groupText(group)}`);
  const rest = moreText(groups.length - lines.length);
  return rest === undefined ? lines : [...lines, rest];
}

function caseElement({ name, problem }: TestCase): string {
  const open = `    <testcase${attributes({ name, classname: TOOL })}`;
  if (problem === undefined) return `${open}/>`;
  const { element, type, message, details } = problem;
  // The schema of most readers has no type for a skipped test.
  const given = attributes(element === 'skipped' ? { message } : { message, type });
  const body = details.map(escapeXml).join('\n');
  return `${open}>\n      <${element}${given}>${body}</${element}>\n    </testcase>`;
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(value)}"`)
    .join('');
}

/** Characters that XML 1.0 cannot represent, and halves of surrogate pairs. */
const UNWRITABLE = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** Text for XML, in an attribute or between tags. */
function escapeXml(text: string): string {
  return text
    .replace(UNWRITABLE, '\ufffd')
    .replace(/[&<>"'\t\n\r]/g, (character) => ENTITIES[character] ?? character);
}
