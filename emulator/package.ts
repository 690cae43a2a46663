import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * Builds the package for users and prints the path of its tarball. In this repository the package is TypeScript, which Node
 * does not run below `node_modules`; so the tarball has JavaScript and types, and every path that ends in `.ts` is rewritten.
 */

const HERE = import.meta.dirname;
const ROOT = join(HERE, '..');
const OUT = join(ROOT, 'build', 'emulator-package');
const COPIED = ['README.md', 'CHANGELOG.md', 'examples', 'scenario.schema.json'] as const;
const NOT_PUBLISHED = ['private', 'scripts'] as const;

interface Description {
  readonly name: string;
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string>>;
}

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
execFileSync(
  process.execPath,
  [
    join(ROOT, 'node_modules/typescript/bin/tsc'),
    '-p',
    join(HERE, 'tsconfig.package.json'),
    '--outDir',
    join(OUT, 'src'),
  ],
  { stdio: ['ignore', 2, 2] },
);
for (const name of COPIED) cpSync(join(HERE, name), join(OUT, name), { recursive: true });
cpSync(join(ROOT, 'LICENSE'), join(OUT, 'LICENSE'));

const description: Description = JSON.parse(readFileSync(join(HERE, 'package.json'), 'utf8'));
writeFileSync(join(OUT, 'package.json'), `${JSON.stringify(published(description), undefined, 2)}\n`);
const options = ['pack', '--silent', '--pack-destination', join(ROOT, 'build')];
const file = execFileSync('npm', options, { cwd: OUT, encoding: 'utf8' }).trim();
process.stdout.write(`${join(ROOT, 'build', file)}\n`);

function published(source: Description): object {
  const kept = Object.fromEntries(
    Object.entries(source).filter(([key]) => !NOT_PUBLISHED.some((name) => name === key)),
  );
  return {
    ...kept,
    bin: Object.fromEntries(Object.entries(source.bin).map(([name, path]) => [name, compiled(path)])),
    exports: Object.fromEntries(
      Object.entries(source.exports).map(([name, path]) => [
        name,
        path.endsWith('.ts') ? { types: path.replace(/\.ts$/, '.d.ts'), default: compiled(path) } : path,
      ]),
    ),
  };
}

function compiled(path: string): string {
  return path.replace(/\.ts$/, '.js');
}
