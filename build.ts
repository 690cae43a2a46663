import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { minifySync } from '@swc/core';

/** The bundles of `dist/`, each with its entry module. */
const BUNDLES = {
  'index.js': 'src/github.ts',
  'cli.js': 'src/cli.ts',
  'library.js': 'src/library.ts',
  'console.js': 'emulator/src/console-command.ts',
} as const;

const ROOT = import.meta.dirname;
const BUILD = join(ROOT, 'build');
const [target = 'dist'] = process.argv.slice(2);
const out = join(ROOT, target);

run('typescript/bin/tsc', '-p', 'tsconfig.build.json');
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const packages = new Set<string>();
for (const [file, module] of Object.entries(BUNDLES)) {
  for (const path of bundle(file, module)) packages.add(path);
  console.log(`${target}/${file}  ${Math.round(readFileSync(join(out, file)).byteLength / 1_000)} kB`);
}
writeFileSync(join(out, 'licenses.txt'), licensesOf([...packages].toSorted()));
writeFileSync(join(out, 'package.json'), `${JSON.stringify({ type: 'module' }, undefined, 2)}\n`);

/** Bundles one module into one file, and returns the folders of the packages that are in it. */
function bundle(file: string, module: string): readonly string[] {
  const folder = join(BUILD, 'bundle', file);
  const statistics = join(BUILD, 'statistics', `${file}on`);
  mkdirSync(dirname(statistics), { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  const entry = join(BUILD, module.replace(/\.ts$/, '.js'));
  const options = ['--no-cache', '--quiet', '--out', folder, '--stats-out', statistics];
  run('@vercel/ncc/dist/ncc/cli.js', 'build', entry, ...options);
  const others = readdirSync(folder).filter((name) => !['index.js', 'package.json'].includes(name));
  if (others.length > 0) throw new Error(`${module} needs more than one file: ${others.join(', ')}`);
  const bundled = join(folder, 'index.js');
  const code = minified(readFileSync(bundled, 'utf8'));
  if (code.includes(pathToFileURL(`${ROOT}/`).href)) {
    throw new Error(`${file} contains the path of this folder. Look for import.meta.url in ${module}.`);
  }
  writeFileSync(bundled, code);
  copyFileSync(bundled, join(out, file));
  const modules = readFileSync(statistics, 'utf8').matchAll(
    /"\.\/((?:[^"]*\/)?node_modules\/(?:@[^/"]+\/)?[^/"]+)\/[^"]*"/g,
  );
  return [...modules].flatMap(([, path]) => path ?? []);
}

/** The minifier of `ncc` keeps all code and every function's name: a fifth of the bytes that a runner downloads. */
function minified(code: string): string {
  return minifySync(code, { module: true, compress: true, mangle: { keep_classnames: true } }).code;
}

/** Name, version and license of each package, with the text of its license if it has one. */
function licensesOf(folders: readonly string[]): string {
  const entries = folders.map((folder) => {
    const { name, version, license }: Readonly<Record<string, string>> = JSON.parse(
      readFileSync(join(ROOT, folder, 'package.json'), 'utf8'),
    );
    const file = readdirSync(join(ROOT, folder)).find((each) => /^licen[cs]e(\.|$)/i.test(each));
    const text = file === undefined ? '' : readFileSync(join(ROOT, folder, file), 'utf8').trim();
    return `${name} ${version}\n${license}\n\n${text.replaceAll('\r\n', '\n')}\n`;
  });
  return entries.join(`\n${'-'.repeat(72)}\n\n`);
}

/** Runs the program of an installed package with the current Node. */
function run(program: string, ...args: readonly string[]): void {
  execFileSync(process.execPath, [join(ROOT, 'node_modules', program), ...args], {
    cwd: ROOT,
    stdio: 'inherit',
  });
}
