/** Code that runs in the step's process before the bundle does, as variables of the job. */
export function preload(code: string): { readonly NODE_OPTIONS: string } {
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
}

/** Variables of the job, with the code of several preloads. */
export function preloading(
  ...environments: readonly Readonly<Record<string, string>>[]
): Readonly<Record<string, string>> {
  const options = environments.flatMap(({ NODE_OPTIONS }) => NODE_OPTIONS ?? []);
  return { ...Object.assign({}, ...environments), NODE_OPTIONS: options.join(' ') };
}

/** Hosts under `.test` are this machine, as if its resolver knew them. */
export const RESOLVES_TEST = preload(`
  import dns from 'node:dns';
  import { syncBuiltinESMExports } from 'node:module';
  const { lookup } = dns;
  dns.lookup = (host, ...rest) => lookup(host.endsWith('.test') ? '127.0.0.1' : host, ...rest);
  syncBuiltinESMExports();
`);

/**
 * Code that goes wrong when the step gets this signal: no clock has to be guessed. `secret` is the password
 * that the step was given.
 */
export const ON_SIGUSR2 = (fault: string): { readonly NODE_OPTIONS: string } =>
  preload(`
    import process from 'node:process';
    const secret = process.env.INPUT_PASSWORD;
    process.on('SIGUSR2', () => { ${fault} });
  `);

/** Code that goes wrong when the step has written this verdict among its outputs. */
export const ON_VERDICT = (verdict: string, fault: string): { readonly NODE_OPTIONS: string } =>
  preload(`
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    import process from 'node:process';
    const { appendFileSync } = fs;
    let isOver = false;
    fs.appendFileSync = (file, data, ...rest) => {
      appendFileSync(file, data, ...rest);
      if (isOver || !/^verdict<<[^]*\\n${verdict}\\n/m.test(String(data))) return;
      isOver = true;
      ${fault}
    };
    syncBuiltinESMExports();
  `);

/** A disk that has room for this many bytes of outputs. */
export const FULL_AFTER = (bytes: number): { readonly NODE_OPTIONS: string } =>
  preload(`
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    import process from 'node:process';
    const { appendFileSync } = fs;
    let left = ${bytes};
    fs.appendFileSync = (file, text, ...rest) => {
      if (file === process.env.GITHUB_OUTPUT) {
        const part = Buffer.from(text).subarray(0, left);
        appendFileSync(file, part);
        left -= part.length;
        if (part.length === Buffer.byteLength(text)) return;
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      }
      appendFileSync(file, text, ...rest);
    };
    syncBuiltinESMExports();
  `);

/** All timers but the first few never fire, and keep nothing alive. */
export const ENDLESS_TIMERS = (afterTimers: number): { readonly NODE_OPTIONS: string } =>
  preload(`
    import timers from 'node:timers/promises';
    import { syncBuiltinESMExports } from 'node:module';
    const { setTimeout } = timers;
    let left = ${afterTimers};
    timers.setTimeout = (...given) => {
      left -= 1;
      return left < 0 ? new Promise(() => {}) : setTimeout(...given);
    };
    syncBuiltinESMExports();
  `);
