import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs the check as another version of Node would. */
function check(script: string, version = process.versions.node) {
  const pretend = `Object.defineProperty(process, 'version', { value: 'v${version}' });
    Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`;
  const args = [`--import=data:text/javascript,${encodeURIComponent(pretend)}`, script];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { status, lines: stderr.trimEnd().split('\n') };
}

describe('The check of the prerequisites', () => {
  const script = join(root, 'prerequisites.js');

  test('says nothing if all is there', () => {
    expect(check(script)).toEqual({ status: 0, lines: [''] });
  });

  test.each(['20.20.2', '22.23.3'])('asks in one line for a newer Node on %s', (version) => {
    const { status, lines } = check(script, version);
    expect({ status, lines }).toEqual({
      status: 1,
      lines: [expect.stringMatching(/^Node 24 is required, and this is v2[02]\..*npm ci/)],
    });
  });

  test('asks in one line for npm ci if nothing is installed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'registry-scan-gate-'));
    try {
      const copy = join(folder, 'prerequisites.mjs');
      copyFileSync(script, copy);
      expect(check(copy)).toEqual({ status: 1, lines: [expect.stringMatching(/Run: npm ci$/)] });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('comes first in every script that runs something itself', () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(
      readFileSync(join(root, 'package.json'), 'utf8'),
    );
    const unchecked = Object.values(scripts).filter(
      (command) => !/^(node prerequisites\.js &&|npm run)/.test(command),
    );
    expect(unchecked).toEqual([]);
  });
});
