import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('..', import.meta.url));
const FOLDERS = ['.github/workflows', 'examples', '__tests__/workflow/workflows'] as const;

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
  readonly permissions?: unknown;
  readonly jobs: Readonly<
    Record<string, { readonly permissions?: unknown; readonly steps?: readonly Step[] }>
  >;
}

const workflows = FOLDERS.flatMap((folder) =>
  ymlIn(folder).map((name) => {
    const text = readFileSync(`${root}${folder}/${name}`, 'utf8');
    const workflow: Workflow = parse(text);
    const steps = Object.values(workflow.jobs).flatMap((job) => job.steps ?? []);
    return { path: `${folder}/${name}`, text, workflow, steps };
  }),
);

function ymlIn(folder: string): string[] {
  return readdirSync(root + folder).filter((name) => name.endsWith('.yml'));
}

const action: { readonly inputs: object; readonly outputs: object } = parse(
  readFileSync(`${root}action.yml`, 'utf8'),
);
const OURS = ['./', 'OWNER/registry-scan-gate@v1'];

test('Every example is in the list of the examples', () => {
  const list = readFileSync(`${root}examples/README.md`, 'utf8');
  expect(ymlIn('examples').filter((name) => !list.includes(`](${name})`))).toEqual([]);
});

describe('The workflow', () => {
  test.each(workflows)('$path grants nothing but what a job asks for', ({ workflow }) => {
    expect(workflow.permissions).toEqual({});
    const granted = Object.values(workflow.jobs).map(({ permissions }) => permissions ?? {});
    expect(granted.filter((one) => typeof one === 'string')).toEqual([]);
  });

  test.each(workflows)('$path puts no expression into a shell line', ({ steps }) => {
    expect(steps.map(({ run = '' }) => run).filter((run) => run.includes('${{'))).toEqual([]);
  });

  test.each(workflows)('$path leaves no credentials behind a checkout', ({ steps }) => {
    const checkouts = steps.filter(({ uses = '' }) => uses.startsWith('actions/checkout@'));
    expect(checkouts.map((step) => step.with?.['persist-credentials'])).toEqual(checkouts.map(() => false));
  });

  test.each(workflows)('$path pins what it uses by commit, and names the version', ({ text }) => {
    const used = [...text.matchAll(/\buses: (\S+)(.*)$/gm)].map(([, name, comment]) => `${name}${comment}`);
    const own = /^(\.\/|OWNER\/registry-scan-gate(\/console)?@v1$|my-org\/)/;
    const pinned = /^[\w-]+\/[\w-]+[\w/-]*@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;
    expect(used.filter((one) => !own.test(one) && !pinned.test(one))).toEqual([]);
  });

  test.each(workflows)('$path gives the gate only inputs that it has', ({ steps }) => {
    const given = steps
      .filter(({ uses = '' }) => OURS.includes(uses))
      .flatMap((step) => Object.keys(step.with ?? {}));
    expect(given.filter((name) => !Object.hasOwn(action.inputs, name))).toEqual([]);
  });

  test.each(workflows)('$path reads only outputs that the gate has', ({ text }) => {
    const read = [...text.matchAll(/steps\.gate\.outputs\.([\w-]+)/g)].map(([, name = '']) => name);
    expect(read.filter((name) => !Object.hasOwn(action.outputs, name))).toEqual([]);
  });
});

test('All workflows pin an action to the same commit', () => {
  const pins = workflows.flatMap(({ text }) => [
    ...text.matchAll(/uses: ([\w-]+\/[\w-]+)[\w/-]*@([0-9a-f]{40})/g),
  ]);
  const commits = new Map<string, Set<string>>();
  for (const [, name = '', commit = ''] of pins)
    commits.set(name, (commits.get(name) ?? new Set()).add(commit));
  expect(commits.size).toBeGreaterThan(3);
  expect([...commits].filter(([, found]) => found.size > 1)).toEqual([]);
});
