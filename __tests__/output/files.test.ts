import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { gitlabReportOf } from '../../src/output/gitlab.ts';
import { jsonFileOf } from '../../src/output/json-file.ts';
import { junitOf } from '../../src/output/junit.ts';
import { SVR_PREDICATE_TYPE } from '../../src/output/predicates.ts';
import { publish } from '../../src/output/publish.ts';
import { dotenvOf, tektonResultsOf } from '../../src/output/variable-files.ts';
import type { RecordedRun } from '../../src/policy/record.ts';
import { runInfo } from './builders.ts';
import { cycloneDxErrors } from './cyclonedx-schema.ts';
import { recordingHost } from './publish-host.ts';
import { RUNS } from './runs.ts';
import {
  gitlabErrors,
  receiptErrors,
  sarifErrors,
  svrStatementErrors,
  vulnPredicateErrors,
} from './schemas.ts';

/** The statement that a predicate belongs to. */
const STATEMENT = {
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'team/app', digest: { sha256: 'a'.repeat(64) } }],
  predicateType: SVR_PREDICATE_TYPE,
};

/** The errors of a file by the schema of its format; a file without one is a text, or a JSON of our own. */
const SCHEMAS: readonly (readonly [name: RegExp, errorsOf: (value: unknown) => readonly string[]])[] = [
  [/^receipt\.json$/, receiptErrors],
  [/^findings\.sarif$/, sarifErrors],
  [/^sbom.*\.json$/, cycloneDxErrors],
  [/^vuln.*\.json$/, vulnPredicateErrors],
  [/^svr\.json$/, (predicate) => svrStatementErrors({ ...STATEMENT, predicate })],
  [/^gitlab\.json$/, gitlabErrors],
];

/** JSON with each value that fits on a line of its own. */
function compactJson(value: unknown, indent = ''): string {
  const line = JSON.stringify(value);
  if (typeof value !== 'object' || value === null || line.length + indent.length <= 160) return line;
  const deeper = `${indent}  `;
  const inner = Array.isArray(value)
    ? value.map((each) => `${deeper}${compactJson(each, deeper)}`)
    : Object.entries(value).map(
        ([key, each]) => `${deeper}${JSON.stringify(key)}: ${compactJson(each, deeper)}`,
      );
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return `${open}\n${inner.join(',\n')}\n${indent}${close}`;
}

/** The files of JSON that the page of a run shows; every other one is held to its schema alone. */
const SHOWN: Readonly<Record<string, RegExp>> = {
  passed: /./,
  held: /^(?:receipt|findings|gitlab)/,
  incomplete: /^(?:receipt|gitlab)/,
  'scan-error': /^receipt/,
  several: /^results/,
  'another-image': /^gitlab/,
  preflight: /^(?:receipt|results)/,
  regular: /^receipt/,
  'invalid-input': /^(?:receipt|gitlab)/,
};

/** The files of a run, each with what the page shows of it; a JSON is held to its schema. */
function shownFiles(run: string, files: ReadonlyMap<string, string>): readonly string[] {
  return [...files].flatMap(([name, content]) => {
    if (!/\.(?:json|sarif)$/.test(name)) return [`──── ${name}\n${content.trimEnd()}\n`];
    const value: unknown = JSON.parse(content);
    const errorsOf = SCHEMAS.find(([pattern]) => pattern.test(name))?.[1];
    expect([name, errorsOf?.(value) ?? []]).toEqual([name, []]);
    return SHOWN[run]?.test(name) === true ? [`──── ${name}\n${compactJson(value)}\n`] : [];
  });
}

/** All that a run leaves behind: the log, the outputs, and each file. */
async function pageOf(run: string, result: RecordedRun): Promise<string> {
  const { host, log, outputs, files, summary } = recordingHost();
  await publish(host, result);
  const all = new Map<string, string>([
    ['log', log.join('\n')],
    ['outputs', [...outputs].map(([name, value]) => `${name}=${value}`).join('\n')],
    ['summary.md', summary()],
    ...[...files].map(([path, content]) => [path.replace('/reports/', ''), content] as const),
    ['junit.xml', junitOf(result, runInfo)],
    ['gitlab.json', JSON.stringify(gitlabReportOf(result, runInfo))],
    ['all.json', JSON.stringify(jsonFileOf(result, { receipt: '/reports/receipt.json' }))],
    ['gate.env', dotenvOf(result.record)],
    ['tekton', [...tektonResultsOf(result.record)].map(([name, value]) => `${name}=${value}`).join('\n')],
  ]);
  return shownFiles(run, all).join('\n');
}

/** To write the expected files anew: `GOLDEN=write npm run jest -- __tests__/output/files`, and read the difference. */
test.each(Object.entries(RUNS))(
  'every output of the run %s is as expected, and valid',
  async (name, result) => {
    const path = fileURLToPath(new URL(`expected/${name}.txt`, import.meta.url));
    const page = await pageOf(name, result);
    if (process.env.GOLDEN === 'write') writeFileSync(path, page);
    expect(page).toBe(readFileSync(path, 'utf8'));
  },
);
