import { execFileSync } from 'node:child_process';
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

describe('The example', () => {
  const examples = workflows.filter(({ path }) => path.startsWith('examples/'));

  test.each(examples)('$path keeps no name of a user as a secret', ({ text }) => {
    expect(text).not.toMatch(/secrets\.\w*USER|^ +\w+_USER:$/m);
  });

  // Without it, a scan that outlives its run is started again.
  test.each(
    examples.filter(({ text }) => /^ {2}(workflow_dispatch|workflow_call):\n {4}inputs:/m.test(text)),
  )('$path can join a scan, or take a finished one', ({ text }) => {
    expect(text).toMatch(/^ {6}mode:$/m);
    expect(text).toMatch(/^ {6}max-scan-age:$/m);
    expect(text.match(/mode: \$\{\{ inputs\.mode \}\}/g)).toHaveLength(1);
    expect(text.match(/max-scan-age: \$\{\{ inputs\.max-scan-age \}\}/g)).toHaveLength(1);
  });

  test.each(examples)(
    '$path may record where an image is if it attests, or says that it does not',
    ({ workflow }) => {
      for (const { permissions, steps = [] } of Object.values(workflow.jobs)) {
        const attests = steps.filter(({ uses = '' }) => uses.startsWith('actions/attest@'));
        const mayRecord = JSON.stringify(permissions ?? {}).includes('"artifact-metadata":"write"');
        const records = attests.filter((step) => step.with?.['create-storage-record'] !== false);
        expect(records.length === 0 || mayRecord).toBe(true);
      }
    },
  );
});

test('The README uses the major versions that the examples pin', () => {
  const readme = readFileSync(`${root}README.md`, 'utf8');
  const used = [...readme.matchAll(/uses: ([\w-]+\/[\w-]+)@v(\d+)/g)].filter(
    ([, name]) => name !== 'OWNER/registry-scan-gate',
  );
  const pinned = new Map(
    workflows.flatMap(({ text }) =>
      [...text.matchAll(/uses: ([\w-]+\/[\w-]+)[\w/-]*@[0-9a-f]{40} # v(\d+)/g)].map(
        ([, name = '', major = '']) => [name, major] as const,
      ),
    ),
  );
  expect(used.length).toBeGreaterThan(2);
  for (const [, name = '', major] of used) expect([name, major]).toEqual([name, pinned.get(name)]);
});

test('Dependabot looks at the folder of the examples, and at those of the other workflows', () => {
  const { updates }: { updates: readonly { 'package-ecosystem': string; directories: readonly string[] }[] } =
    parse(readFileSync(`${root}.github/dependabot.yml`, 'utf8'));
  const actions = updates.find((update) => update['package-ecosystem'] === 'github-actions');
  expect(actions?.directories).toEqual(['/', ...FOLDERS.slice(1).map((folder) => `/${folder}`)]);
});

test('No line to copy runs a package by a name that anybody could register', () => {
  const files = execFileSync('git', ['ls-files', 'examples', 'docs', 'README.md', 'emulator/README.md'], {
    cwd: root,
    encoding: 'utf8',
  });
  const unscoped = files
    .trim()
    .split('\n')
    .filter((path) => /npx (--\S+ )*registry-scan-gate/.test(readFileSync(root + path, 'utf8')));
  expect(unscoped).toEqual([]);
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
