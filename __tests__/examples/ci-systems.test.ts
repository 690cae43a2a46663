import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { parseCommandLine } from '../../src/command/command-line.ts';
import { INPUT_NAMES } from '../../src/config/inputs.ts';
import { PASSWORD } from '../bundle/gate.ts';
import { inJob, type Job, PUSHED, SCANNED_IMAGE, type ScriptEnd, scansOf } from './job.ts';

const examples = fileURLToPath(new URL('../../examples/', import.meta.url));
const read = (path: string) => readFile(join(examples, path), 'utf8');

/** The results of the stages of an example, in order; stages that were not reached are absent. */
type Stages = readonly ScriptEnd[];

const PRODUCTION = 'docker://registry.example.com/production/app:latest';
const COPY = `skopeo copy --all --preserve-digests docker://${SCANNED_IMAGE} ${PRODUCTION}`;
const IMAGE = `registry.example.com/team/app:1.2.3@${PUSHED}`;

/** How each system runs its example: the shell lines as they stand, with the variables that the system sets. */
const SYSTEMS: Readonly<Record<string, (job: Job) => Promise<Stages>>> = {
  Jenkins: async ({ run, secrets }) => {
    const text = await read('jenkins/Jenkinsfile');
    // Groovy takes a backslash at the end of a line for a continuation.
    const scripts = [...text.matchAll(/sh '''([\s\S]*?)'''/g)].map(([, script = '']) =>
      script.replaceAll('\\\n', ''),
    );
    const [gate = '', promote = ''] = scripts;
    expect(scripts).toHaveLength(2);
    const first = await run(['sh', '-xe', '-c', gate], { IMAGE, ...secrets });
    return first.exitCode === 0 ? [first, await run(['sh', '-xe', '-c', promote], { IMAGE })] : [first];
  },

  Azure: async ({ run, secrets }) => {
    const {
      stages,
    }: {
      stages: { jobs: { variables?: Record<string, string>; steps: { bash?: string; name?: string }[] }[] }[];
    } = parse(await read('azure/azure-pipelines.yml'));
    const [scan, copy] = stages.flatMap(({ jobs }) => jobs);
    const step = scan?.steps.find(({ name }) => name === 'gate');
    const azure = { TF_BUILD: 'True' };
    const first = await run(['bash', '-c', step?.bash ?? ''], { ...azure, IMAGE, ...secrets });
    if (first.exitCode !== 0) return [first];
    const [, output = ''] = /outputs\['gate\.(\w+)'\]/.exec(copy?.variables?.scannedImage ?? '') ?? [];
    const set = new RegExp(`^##vso\\[task\\.setvariable variable=${output};isoutput=true\\](.*)$`, 'm');
    const [, value = ''] = set.exec(first.log) ?? [];
    const promote = copy?.steps.find(({ bash }) => bash !== undefined);
    return [first, await run(['bash', '-c', promote?.bash ?? ''], { ...azure, SCANNED_IMAGE: value })];
  },

  Buildkite: async ({ run }) => {
    const { steps }: { steps: { command: string }[] } = parse(await read('buildkite/pipeline.yml'));
    const [gate = '', promote = ''] = steps.map(({ command }) => command.replaceAll('$$', '$'));
    const env = { BUILDKITE: 'true', IMAGE };
    const first = await run(['bash', '-e', '-c', gate], env);
    return first.exitCode === 0 ? [first, await run(['bash', '-e', '-c', promote], env)] : [first];
  },

  CircleCI: async ({ run, secrets }) => {
    const { jobs }: { jobs: Record<string, { steps: { run?: { command: string } }[] }> } = parse(
      await read('circleci/config.yml'),
    );
    const commandOf = (job: string) => jobs[job]?.steps.find((step) => step.run)?.run?.command ?? '';
    const shell = ['bash', '-eo', 'pipefail', '-c'] as const;
    const first = await run([...shell, commandOf('gate')], { CIRCLECI: 'true', IMAGE, ...secrets });
    return first.exitCode === 0 ? [first, await run([...shell, commandOf('promote')])] : [first];
  },

  Tekton: async ({ run, secrets, folder }) => {
    const task: TektonTask = parse(await read('tekton/task.yml'));
    const results = join(folder, 'results');
    await mkdir(results);
    const params = new Map(task.spec.params.map(({ name, default: value = '' }) => [name, value]));
    const first = await run(commandOf(task.spec, params.set('image', IMAGE), results), secrets);
    if (first.exitCode !== 0) return [first];
    expect(await readdir(results)).toEqual(expect.arrayContaining(task.spec.results.map(({ name }) => name)));
    const pipeline: { spec: { tasks: { params: { value: string }[]; taskSpec?: TektonTask['spec'] }[] } } =
      parse(await read('tekton/pipeline.yml'));
    const promote = pipeline.spec.tasks[1];
    const [, result = ''] =
      /^\$\(tasks\.gate\.results\.([\w-]+)\)$/.exec(promote?.params[0]?.value ?? '') ?? [];
    const value = await readFile(join(results, result), 'utf8');
    const spec = promote?.taskSpec ?? task.spec;
    return [first, await run(commandOf(spec, new Map([['image', value]]), results))];
  },

  'A shell': async ({ run, secrets, folder }) => {
    const { SCAN_GATE_PASSWORD, ...others } = secrets;
    await writeFile(join(folder, 'password'), SCAN_GATE_PASSWORD);
    const end = await run(
      [join(examples, 'shell/gate-and-promote'), IMAGE, PRODUCTION.replace('docker://', '')],
      { ...others, CONSOLE_PASSWORD_FILE: 'password' },
    );
    // One script does both.
    return end.exitCode === 0 ? [end, end] : [end];
  },
};

interface TektonTask {
  readonly spec: {
    readonly params: readonly { readonly name: string; readonly default?: string }[];
    readonly results: readonly { readonly name: string }[];
    readonly steps: readonly { readonly command: readonly string[]; readonly args: readonly string[] }[];
  };
}

/** The command of a task's only step, as Tekton fills it in. */
function commandOf(
  { steps }: TektonTask['spec'],
  params: ReadonlyMap<string, string>,
  results: string,
): [string, ...string[]] {
  expect(steps).toHaveLength(1);
  const [program = '', ...args] = [...(steps[0]?.command ?? []), ...(steps[0]?.args ?? [])].map((text) =>
    text
      .replaceAll(/\$\(params\.([\w-]+)\)/g, (_all, name: string) => params.get(name) ?? '')
      .replace(/^\/tekton\/results$/, results),
  );
  return [program, ...args];
}

describe.each(Object.entries(SYSTEMS))('The example for %s', (_name, stagesOf) => {
  test('copies exactly what was scanned, once the gate passed', async () => {
    await inJob(scansOf('1.2.3'), async (job) => {
      const stages = await stagesOf(job);
      expect(stages.map(({ exitCode, log }) => ({ exitCode, log }))).toEqual([
        { exitCode: 0, log: expect.stringMatching(/^passed \(scan-completed\)/m) },
        { exitCode: 0, log: expect.any(String) },
      ]);
      expect((await job.calls()).filter((line) => line.startsWith('skopeo'))).toEqual([COPY]);
    });
  });

  test('ends with the exit status of a gate that failed, copies nothing, and has no password in its log', async () => {
    await inJob(scansOf('1.2.3', 'the layer cannot be read'), async (job) => {
      const stages = await stagesOf(job);
      expect(stages).toEqual([{ exitCode: 1, log: expect.stringContaining('failed (scan-error)') }]);
      expect((await job.calls()).filter((line) => line.startsWith('skopeo'))).toEqual([]);
      expect(stages.map(({ log }) => log).join()).not.toContain(PASSWORD);
    });
  });
});

test('Buildkite annotates the build, whether the gate passes or not', async () => {
  const annotations = await Promise.all(
    ['', 'the layer cannot be read'].map((err) =>
      inJob(scansOf('1.2.3', err), async (job) => {
        await SYSTEMS.Buildkite?.(job);
        return (await job.calls()).filter((line) => line.startsWith('buildkite-agent'));
      }),
    ),
  );
  expect(annotations).toEqual([
    [expect.stringMatching(/^buildkite-agent annotate --style success --context scan-gate \(#/)],
    [expect.stringMatching(/^buildkite-agent annotate --style error --context scan-gate \(#/)],
  ]);
});

describe('The examples for other CI systems', () => {
  const FILES = [
    'gitlab/templates/registry-scan-gate.yml',
    'gitlab/.gitlab-ci.yml',
    'jenkins/Jenkinsfile',
    'azure/azure-pipelines.yml',
    'buildkite/pipeline.yml',
    'circleci/config.yml',
    'tekton/task.yml',
    'tekton/pipeline.yml',
    'shell/gate-and-promote',
  ] as const;

  /** Flags of other programs in the examples. */
  const OTHERS = new Set(
    ['all', 'context', 'digestfile', 'preserve-digests', 'style', 'tag', 'yes'].map((name) => `--${name}`),
  );

  test.each(FILES)('%s is in the list of the examples', async (path) => {
    expect(await read('README.md')).toContain(`](${path})`);
  });

  test.each(FILES)('%s gives the gate only flags and variables that it has', async (path) => {
    const text = (await read(path)).replaceAll('$$', '$');
    const variables = [...text.matchAll(/\bSCAN_GATE_([A-Z_]+)/g)].map(([, name = '']) =>
      name.toLowerCase().replaceAll('_', '-'),
    );
    const known: readonly string[] = INPUT_NAMES;
    expect(variables.filter((name) => !known.includes(name))).toEqual([]);
    const flags = [...text.matchAll(/(?<=[\s"'])--[a-z][a-z-]+/g)]
      .map(([flag]) => flag)
      .filter((flag) => !OTHERS.has(flag));
    for (const flag of flags) {
      const given = ['--only-fixed', '--no-progress'].includes(flag) ? [flag] : [flag, 'value'];
      expect(parseCommandLine(['gate', ...given], {})).toMatchObject({ kind: 'gate', problems: [] });
    }
  });

  test('of GitLab are a component whose inputs have descriptions or defaults', async () => {
    const [header, body] = parseAllDocuments(await read('gitlab/templates/registry-scan-gate.yml'));
    const { spec }: { spec: { inputs: Record<string, object | null> } } = header?.toJS() ?? {
      spec: { inputs: {} },
    };
    const used = [
      ...(await read('gitlab/templates/registry-scan-gate.yml')).matchAll(/\$\[\[ inputs\.([\w-]+)/g),
    ];
    expect(new Set(used.map(([, name]) => name))).toEqual(new Set(Object.keys(spec.inputs)));
    expect(body?.errors).toEqual([]);
    const included: { include: { inputs: object }[] } = parse(await read('gitlab/.gitlab-ci.yml'));
    const given = included.include.flatMap(({ inputs }) => Object.keys(inputs));
    expect(given.filter((name) => !Object.hasOwn(spec.inputs, name))).toEqual([]);
  });

  test('of Tekton name results that the command writes, and fit their kinds together', async () => {
    const task: TektonTask & { kind: string; metadata: { name: string } } = parse(
      await read('tekton/task.yml'),
    );
    const pipeline: { kind: string; spec: { tasks: { name: string; taskRef?: { name: string } }[] } } = parse(
      await read('tekton/pipeline.yml'),
    );
    expect([task.kind, pipeline.kind]).toEqual(['Task', 'Pipeline']);
    expect(pipeline.spec.tasks[0]?.taskRef?.name).toBe(task.metadata.name);
    const args = task.spec.steps.flatMap(({ args: each }) => each);
    const named = [...args.join(' ').matchAll(/\$\(params\.([\w-]+)\)/g)].map(([, name]) => name ?? '');
    const declared = task.spec.params.map(({ name }) => name);
    expect(named.filter((name) => !declared.includes(name))).toEqual([]);
  });

  test.each([
    ['GitLab', 'gitlab/.gitlab-ci.yml'],
    ['Jenkins', 'jenkins/Jenkinsfile'],
    ['Azure DevOps', 'azure/azure-pipelines.yml'],
    ['Buildkite', 'buildkite/pipeline.yml'],
    ['CircleCI', 'circleci/config.yml'],
    ['Tekton', 'tekton/pipeline.yml'],
  ])('have every line that the page shows of %s', async (system, path) => {
    const page = await readFile(join(examples, '../docs/running.md'), 'utf8');
    const section = page.split(/^### /m).find((text) => text.startsWith(`${system}\n`)) ?? '';
    const block = /```\w+\n([\s\S]*?)```/.exec(section)?.[1] ?? '';
    const trimmed = (text: string) =>
      text
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '');
    const lines = trimmed(block);
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.length).toBeLessThan(15);
    const whole = trimmed(await read(path));
    expect(lines.filter((line) => !whole.includes(line))).toEqual([]);
  });
});
