import { describe, expect, test } from '@jest/globals';
import { FILE_FLAGS, LOG_FLAGS } from '../../src/command/flags.ts';
import { COMMANDS, helpText } from '../../src/command/help.ts';
import { INPUTS } from '../../src/config/inputs.ts';

const widest = (text: string) => Math.max(...text.split('\n').map((line) => [...line].length));

describe('The help', () => {
  test.each([undefined, ...COMMANDS])('of %s fits into 80 columns, and is of its own', (topic) => {
    const text = helpText(topic);
    expect(widest(text)).toBeLessThanOrEqual(80);
    expect(text.endsWith('\n')).toBe(true);
    const others = [undefined, ...COMMANDS]
      .filter((other) => other !== topic)
      .map((other) => helpText(other));
    expect(others).not.toContain(text);
  });

  test.each(['gate', 'check'] as const)('of %s names every flag and every exit status', (topic) => {
    const text = helpText(topic);
    for (const { name, isSecret } of INPUTS)
      expect(text).toContain(`  --${name}${isSecret ? '-file FILE' : ''}`);
    for (const name of [...Object.keys(FILE_FLAGS), ...Object.keys(LOG_FLAGS)])
      expect(text).toContain(`  --${name}`);
    expect(text.replaceAll('\n', ' ')).toContain(
      'Exit status: 0 passed, 1 failed, 2 wrong inputs, 3 error, 4 timed out, 130 cancelled.',
    );
    expect(text.replaceAll('\n', ' ')).toContain('ends with 2');
  });

  test('of the program names every command', () => {
    for (const command of COMMANDS) expect(helpText()).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
  });
});
