import type { Config } from '../../src/config/config.ts';
import { InputError } from '../../src/config/input-reader.ts';
import { parseConfig } from '../../src/config/parse.ts';

export const DIGEST = `sha256:${'a'.repeat(64)}`;

/** Inputs that are right: one image, by tag. */
export const COMPLETE = {
  'console-url': 'https://console.example.com',
  username: 'gate',
  password: 'hunter2-secret',
  registry: 'registry.example.com',
  repo: 'team/app',
  tag: '1.4',
} as const;

/** The inputs of the image without a value. */
export const NO_IMAGE = { registry: '', repo: '', tag: '' } as const;

export interface Given {
  /** The files that there are, by their path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Parses the complete inputs with a change to them. */
export async function configOf(
  change: Readonly<Record<string, string>> = {},
  { files = {}, environment = {} }: Given = {},
): Promise<Config> {
  const read = (path: string): string => {
    const text = files[path];
    if (text === undefined) throw new Error(`ENOENT: no such file or directory, open '${path}'`);
    return text;
  };
  return await parseConfig(new Map(Object.entries({ ...COMPLETE, ...change })), { read }, environment);
}

/** The problems of the complete inputs after a change; empty if there are none. */
export async function problemsOf(
  change: Readonly<Record<string, string>>,
  given: Given = {},
): Promise<readonly string[]> {
  try {
    await configOf(change, given);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

/** The warnings about inputs that are right. */
export async function warningsOf(
  change: Readonly<Record<string, string>>,
  given: Given = {},
): Promise<readonly string[]> {
  return (await configOf(change, given)).warnings;
}
