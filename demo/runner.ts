import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The declared inputs and their defaults. */
const DEFAULTS = defaultsOf(parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')));

/** One step of a workflow: its inputs under `with:`, and the variables of the job. */
export interface Step {
  readonly with: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Receives the log as it is written. */
  readonly onLog?: (text: string) => void;
  /** Receives the process, to send it signals. */
  readonly onStart?: (process: ChildProcess) => void;
}

/** The results of a step. */
export interface StepEnd {
  readonly exitCode: number | null;
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  /** The texts of the files that outputs name; undefined if an output names none, or one that does not exist. */
  readonly files: Readonly<Record<'receipt' | 'sarif' | 'sbom', string | undefined>>;
}

/**
 * Runs the committed bundle like GitHub's runner: one variable for each input, defaults from `action.yml`, files for
 * outputs and summary, and no other variables of this process's environment.
 */
export async function runStep(step: Step): Promise<StepEnd> {
  const folder = await mkdtemp(join(tmpdir(), 'registry-scan-gate-'));
  try {
    const outputFile = join(folder, 'output');
    const summaryFile = join(folder, 'summary');
    await Promise.all([outputFile, summaryFile].map((file) => writeFile(file, '')));

    const env = {
      ...inputVariables(step.with),
      GITHUB_OUTPUT: outputFile,
      GITHUB_STEP_SUMMARY: summaryFile,
      RUNNER_TEMP: folder,
      ...step.env,
    };
    const child = spawn(process.execPath, [join(ROOT, 'dist', 'index.js')], { cwd: folder, env });
    step.onStart?.(child);
    let log = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        log += text;
        step.onLog?.(text);
      });
    }
    const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve));
    const outputs = parseOutputs(await readFile(outputFile, 'utf8'));
    return {
      exitCode,
      log,
      outputs,
      summary: await readFile(summaryFile, 'utf8'),
      files: {
        receipt: await readNamed(outputs['receipt-path']),
        sarif: await readNamed(outputs['sarif-path']),
        sbom: await readNamed(outputs['sbom-path']),
      },
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function readNamed(path: string | undefined): Promise<string | undefined> {
  return path === undefined || path === '' ? undefined : readFile(path, 'utf8').catch(() => undefined);
}

/**
 * `INPUT_CONSOLE-URL` and so on. An input that is not given has its default; an undeclared one is passed on as well.
 */
export function inputVariables(given: Step['with']): Record<string, string> {
  const values = { ...DEFAULTS, ...given };
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
      value,
    ]),
  );
}

function defaultsOf(action: unknown): Record<string, string> {
  const inputs = Object.entries(fieldOf(action, 'inputs') ?? {});
  return Object.fromEntries(inputs.map(([name, input]) => [name, String(fieldOf(input, 'default') ?? '')]));
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(name) : undefined;
}

/** The file format of outputs: `name<<delimiter`, the value, the delimiter. A later value replaces an earlier one. */
function parseOutputs(text: string): Record<string, string> {
  const entries = text.matchAll(
    /^(?<name>[^\n<]+)<<(?<delimiter>[^\n]+)\n(?<value>[\s\S]*?)\n\k<delimiter>$/gm,
  );
  return Object.fromEntries([...entries].map(({ groups }) => [groups?.name ?? '', groups?.value ?? '']));
}
