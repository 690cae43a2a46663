import { expect, test } from '@jest/globals';
import { ended, newRow, nothing, oldRow, ongoing } from './console-data.ts';
import { gate, PASSED, shown, verdictOf } from './gate.ts';
import { json } from './scripted-console.ts';

const scan = { progress: [nothing, ongoing, ended, nothing], report: [oldRow, newRow] };
const long = 'Zk4'.repeat(20_000);

test('a password of 60,000 characters is redacted, and the run goes on', async () => {
  const run = await gate(scan, { password: long });
  expect(verdictOf(run)).toBe(PASSED);
  expect(shown(run)).not.toContain('Zk4Zk4');
});

test('a token that no header can carry ends with a verdict', async () => {
  const run = await gate({ ...scan, authenticate: [json({ token: long })] });
  expect(verdictOf(run)).toBe('1 error bad-request');
  expect(shown(run)).not.toContain('Zk4Zk4');
});
