import { describe, expect, test } from '@jest/globals';
import { runConsole } from '../src/console-command.ts';

/** Runs the command in this process until `stop`. */
function run(...args: string[]) {
  const stopping = new AbortController();
  const texts = { stdout: '', stderr: '' };
  const ready = Promise.withResolvers<string>();
  const stdout = {
    write: (text: string) => {
      texts.stdout += text;
      ready.resolve(/^console ready: (\S+)$/m.exec(texts.stdout)?.[1] ?? '');
    },
  };
  const stderr = {
    write: (text: string) => {
      texts.stderr += text;
    },
  };
  const status = runConsole(args, stdout, stderr, stopping.signal);
  return { status, texts, ready: ready.promise, stop: () => stopping.abort() };
}

describe('the command, as a function,', () => {
  test('serves until its signal aborts', async () => {
    const { status, ready, stop } = run('--port', '0');
    const url = await ready;
    expect((await fetch(`${url}/api/v1/_ping`)).status).toBe(200);
    stop();
    expect(await status).toBe(0);
    await expect(fetch(`${url}/api/v1/_ping`)).rejects.toThrow();
  });

  test('returns 2 for a usage error, with its cause on standard error', async () => {
    const { status, texts } = run('--port', '0', '--set', 'pageLimit=0');
    expect(await status).toBe(2);
    expect(texts).toEqual({
      stdout: '',
      stderr: expect.stringContaining('--set: pageLimit: 0 must be >= 1'),
    });
  });

  test('prints the schema of a scenario file', async () => {
    const { status, texts } = run('--print-schema');
    expect(await status).toBe(0);
    expect(JSON.parse(texts.stdout)).toMatchObject({
      type: 'object',
      properties: { images: { type: 'array' } },
    });
  });

  test('returns 0 for help', async () => {
    const { status, texts } = run('--help');
    expect(await status).toBe(0);
    expect(texts.stdout).toContain('--control-token TEXT');
  });
});
