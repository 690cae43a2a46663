import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type CompletionShell, completionScript, SHELLS } from '../../src/command/completion.ts';
import { OFFERED_FLAGS } from '../../src/command/flags.ts';
import { COMMANDS } from '../../src/command/help.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'registry-scan-gate-completion-'));
  for (const shell of SHELLS) writeFileSync(join(folder, shell), completionScript(shell));
  writeFileSync(join(folder, 'password.txt'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (program: string, args: readonly string[], input = '') =>
  execFileSync(program, args, { cwd: folder, encoding: 'utf8', input });

/** The suggestions of a shell for a line whose last word is being typed. */
const OFFERS: Readonly<Record<CompletionShell, (words: readonly string[]) => readonly string[]>> = {
  bash: (words) => {
    const script = `source ./bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _registry_scan_gate; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return run('bash', ['--norc', '-c', script, 'bash', ...words])
      .trim()
      .split('\n');
  },
  zsh: (words) => {
    // A terminal of its own, in which the key for completion is pressed: what it inserts is all that fits.
    const script = `
      zmodload zsh/zpty
      zpty shell zsh -f -i
      zpty -w shell "PS1='> '; autoload -Uz compinit; compinit -u -D; source ./zsh; setopt no_list_beep; zstyle ':completion:*' insert-tab false"
      zpty -w shell "show() { zle -M ''; print -r -- \\"LINE:\\$BUFFER:\\"; BUFFER=''; }; zle -N show; bindkey '^X' show"
      zpty -w shell "print rea''dy"
      zpty -r -m shell seen '*ready*'
      zpty -w -n shell $'${words.join(' ')}\\t\\x18'
      zpty -r -m shell seen '*LINE:*:*'
      print -r -- "$seen"`;
    const line = /LINE:(.*?):/.exec(run('zsh', ['-f', '-c', script]))?.[1] ?? '';
    return [line.trim().split(' ').at(-1) ?? ''];
  },
  fish: (words) => {
    const script = `source ./fish; complete -C ${JSON.stringify(words.join(' '))}`;
    return run('fish', ['--no-config', '-c', script])
      .trim()
      .split('\n')
      .map((line) => line.split('\t')[0] ?? '');
  },
};

/** Shells that are installed; bash is everywhere. */
const INSTALLED = SHELLS.filter(
  (shell) => spawnSync(shell, ['-c', 'exit'], { stdio: 'ignore' }).status === 0,
);

test('bash is there, so that one completion at least is always tried', () => {
  expect(INSTALLED).toContain('bash');
});

describe.each(INSTALLED)('In %s', (shell) => {
  const offers = (...words: readonly string[]) => OFFERS[shell](['registry-scan-gate', ...words]);

  test.each([
    [['ga'], 'gate'],
    [['comp'], 'completion'],
    [['completion', 'fi'], 'fish'],
    [['help', 'ch'], 'check'],
    [['gate', '--severity'], '--severity-cutoff'],
    [['check', '--insecure'], '--insecure-skip-tls-verify'],
    [['gate', '--severity-cutoff', 'crit'], 'critical'],
    [['gate', '--password-file', 'passw'], 'password.txt'],
    [['gate', '--mode', 'await-r'], 'await-regular'],
  ])('%j is completed with %s', (words, whole) => {
    expect(offers(...words).map((word) => word.replace(/=$/, ''))).toEqual([whole]);
  });
});

test('bash offers every command and every flag, and no secret', () => {
  expect(OFFERS.bash(['registry-scan-gate', ''])).toEqual([...COMMANDS]);
  const flags = OFFERS.bash(['registry-scan-gate', 'gate', '--']);
  expect(flags).toEqual(OFFERED_FLAGS.map((flag) => `--${flag}`));
  expect(flags).not.toContain('--password');
});
