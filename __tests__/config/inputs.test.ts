import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { INPUT_NAMES, INPUTS, type InputDefinition, MODES } from '../../src/config/inputs.ts';
import { inputsTable } from './inputs-table.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

const inputs: readonly InputDefinition[] = INPUTS;

describe('The table of inputs', () => {
  test('is what action.yml declares, in the same order', () => {
    const declared: { readonly inputs: object } = parse(read('action.yml'));
    const expected = inputs.map((input) => [
      input.name,
      {
        description: input.help,
        ...(input.isRequired ? { required: true } : {}),
        ...(input.default === undefined ? {} : { default: input.default }),
      },
    ]);
    expect(Object.entries(declared.inputs)).toEqual(expected);
  });

  test('is what the README shows', () => {
    const section = read('README.md').split('\n## Inputs\n')[1]?.split('\n## ')[0] ?? '';
    const shown = section.split('\n').filter((line) => line.startsWith('|'));
    expect(shown.join('\n')).toBe(inputsTable(inputs));
  });

  test('names every input once, in small letters and dashes', () => {
    expect(new Set(INPUT_NAMES).size).toBe(inputs.length);
    expect(INPUT_NAMES.filter((name) => !/^[a-z]+(?:-[a-z]+)*$/.test(name))).toEqual([]);
  });

  test('explains every input in one line that fits in a cell of a table', () => {
    expect(inputs.filter(({ help }) => !/^[^|\n]+\.$/.test(help))).toEqual([]);
  });

  test('keeps secret what logs in, and the name of the user is no secret', () => {
    expect(inputs.filter(({ isSecret }) => isSecret).map(({ name }) => name)).toEqual(['password', 'token']);
  });

  test('refuses an empty value if the default drops a check', () => {
    expect(
      inputs.filter(({ empty }) => empty === 'refused').map((input) => [input.name, input.default]),
    ).toEqual([
      ['digest', 'any'],
      ['platforms', 'scanned'],
      ['severity-cutoff', 'none'],
      ['exploit-cutoff', 'none'],
      ['grace', 'none'],
      ['compliance-cutoff', 'none'],
      ['fail-on-policy', 'false'],
    ]);
  });

  test('says where each input has an effect, in modes that exist', () => {
    const known = new Set<string>(MODES);
    expect(
      inputs.filter(({ modes }) => modes.length === 0 || modes.some((mode) => !known.has(mode))),
    ).toEqual([]);
  });
});
