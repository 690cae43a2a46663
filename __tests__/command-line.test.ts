import { describe, expect, test } from '@jest/globals';
import { helpText, parseCommandLine, UsageError, variableOf } from '../src/command-line.ts';
import { INPUTS } from '../src/config/inputs.ts';

type Environment = Readonly<Record<string, string>>;

function gateCommand(args: readonly string[], environment: Environment = {}) {
  const command = parseCommandLine(args, environment);
  if (command.kind !== 'gate') throw new Error(`${command.kind} is not the gate`);
  return command;
}

const inputsOf = (args: readonly string[], environment: Environment = {}) =>
  Object.fromEntries(gateCommand(args, environment).inputs);

describe('The command line', () => {
  test.each([['--help'], ['-h'], ['help'], ['gate', '--help'], ['check', '-h']])(
    '%j shows the help',
    (...args) => {
      expect(parseCommandLine(args, {})).toEqual({ kind: 'help' });
    },
  );

  test('without a command is refused: a variable that holds the arguments may be empty', () => {
    expect(() => parseCommandLine([], {})).toThrow(/There is no command\. .*gate, check, console/);
  });

  test.each(['', '-'])('refuses %j as the path of an output file', (path) => {
    expect(() => parseCommandLine(['gate', '--json', path], {})).toThrow(/--json needs the path of a file/);
  });

  test('--version shows the version', () => {
    expect(parseCommandLine(['--version'], {})).toEqual({ kind: 'version' });
  });

  test('hands the arguments of the embedded Console on as they are', () => {
    expect(parseCommandLine(['console', '--port', '0', '--tls'], {})).toEqual({
      kind: 'console',
      args: ['--port', '0', '--tls'],
    });
  });

  test('takes every input that is not a secret as a flag', () => {
    const flags = INPUTS.filter(({ isSecret }) => !isSecret).filter((input) => input.default !== 'false');
    const args = flags.flatMap(({ name }) => [`--${name}`, `value-of-${name}`]);
    expect(inputsOf(['gate', ...args])).toEqual(
      Object.fromEntries(flags.map(({ name }) => [name, `value-of-${name}`])),
    );
  });

  test('takes a switch with and without a value', () => {
    expect(inputsOf(['gate', '--only-fixed', '--fail-on-policy=true'])).toEqual({
      'only-fixed': 'true',
      'fail-on-policy': 'true',
    });
  });

  test('takes every input from the environment, secrets included', () => {
    const environment = Object.fromEntries(INPUTS.map(({ name }) => [variableOf(name), `value-of-${name}`]));
    expect(environment.SCAN_GATE_CONSOLE_URL).toBe('value-of-console-url');
    expect(inputsOf(['gate'], environment)).toEqual(
      Object.fromEntries(INPUTS.map(({ name }) => [name, `value-of-${name}`])),
    );
  });

  test('prefers a flag to the environment', () => {
    const environment = { SCAN_GATE_TIMEOUT: '1m', SCAN_GATE_MODE: 'await' };
    expect(inputsOf(['gate', '--timeout', '2m'], environment)).toEqual({ timeout: '2m', mode: 'await' });
  });

  test('keeps a variable that is set and empty: it may drop a check', () => {
    expect(inputsOf(['gate'], { SCAN_GATE_SEVERITY_CUTOFF: '' })).toEqual({ 'severity-cutoff': '' });
  });

  test('hands on a misspelt variable, so that it is refused', () => {
    expect(inputsOf(['gate'], { SCAN_GATE_SEVERITY_CUTOF: 'high' })).toEqual({ 'severity-cutof': 'high' });
  });

  test('takes images as arguments', () => {
    expect(inputsOf(['gate', 'a/b:1', 'c/d:2', '--timeout', '1m']).images).toBe('a/b:1\nc/d:2');
  });

  test('check is the gate with mode check', () => {
    expect(inputsOf(['check', 'a/b:1'])).toEqual({ mode: 'check', images: 'a/b:1' });
  });

  test.each(['--password', '--token'])(
    'refuses %s, in both spellings, and never repeats its value',
    (flag) => {
      for (const args of [[flag, 'hunter2-secret'], [`${flag}=hunter2-secret`]]) {
        expect(() => parseCommandLine(['gate', ...args], {})).toThrow(UsageError);
        expect(() => parseCommandLine(['gate', ...args], {})).not.toThrow(/hunter2/);
      }
    },
  );

  test('takes a secret from a file', () => {
    const { secretFiles } = gateCommand(['gate', '--password-file', '-', '--token-file', '/run/token']);
    expect(Object.fromEntries(secretFiles)).toEqual({ password: '-', token: '/run/token' });
  });

  test('takes the files to write', () => {
    const files = {
      json: 'a',
      junit: 'b',
      sarif: 'c',
      receipt: 'd',
      summary: 'e',
      gitlab: 'f',
      dotenv: 'g',
      tekton: 'h',
    };
    const args = Object.entries(files).flatMap(([flag, path]) => [`--${flag}`, path]);
    expect(gateCommand(['gate', ...args]).files).toEqual(files);
  });

  test.each([
    ['gates', 'gate'],
    ['chek', 'check'],
  ])('asks back for the command %s', (command, meant) => {
    expect(() => parseCommandLine([command], {})).toThrow(new RegExp(`did you mean ${meant}`));
  });

  test('asks back for a flag that is misspelt', () => {
    expect(() => parseCommandLine(['gate', '--severity-cutof', 'high'], {})).toThrow(
      /did you mean --severity-cutoff\?/,
    );
  });

  test('refuses a flag without its value', () => {
    expect(() => parseCommandLine(['gate', '--timeout'], {})).toThrow(UsageError);
  });

  test('names every input, its default and every exit status in the help', () => {
    const help = helpText();
    for (const input of INPUTS) expect(help).toContain(`--${input.name}${input.isSecret ? '-file' : ''}`);
    expect(help).toContain(
      'Exit status: 0 passed, 1 failed, 2 wrong inputs, 3 error, 4 timed out, 130 cancelled.',
    );
    expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(118);
  });
});
