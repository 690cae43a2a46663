import { resolve } from 'node:path';
import type { InputName } from '../config/inputs.ts';
import type { FileFlag } from './flags.ts';

/** The arguments that name files to read. */
interface ReadPaths {
  readonly inputs: ReadonlyMap<string, string>;
  readonly secretFiles: ReadonlyMap<InputName, string>;
}

/** The files that a run reads, by their absolute paths, with the flag that names each. */
export function pathsRead({ inputs, secretFiles }: ReadPaths): ReadonlyMap<string, string> {
  const fixed = ['ca-cert', 'exceptions'].flatMap((name) =>
    (inputs.get(name) ?? '').split('\n').map((path) => [`--${name}`, path.trim()] as const),
  );
  const secrets = [...secretFiles].map(([name, path]) => [`--${name}-file`, path] as const);
  const named = [...fixed, ...secrets].filter(([, path]) => path !== '' && path !== '-');
  return new Map(named.map(([flag, path]) => [resolve(path), flag]));
}

/** Refuses an output file that is also read, or written twice: output files are removed at the start. */
export function refuseSharedPaths(read: ReadPaths, files: Map<FileFlag, string>, problems: string[]): void {
  const uses = new Map(pathsRead(read));
  for (const [flag, path] of [...files]) {
    const key = path === '-' ? path : resolve(path);
    const other = uses.get(key);
    if (other === undefined) uses.set(key, `--${flag}`);
    else {
      files.delete(flag);
      const same = path === '-' ? 'standard output' : 'the same file';
      problems.push(`${other} and --${flag} both name ${same}. Give each a file of its own.`);
    }
  }
}
