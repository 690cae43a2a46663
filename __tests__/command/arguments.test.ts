import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseCommandLine } from '../../src/command/command-line.ts';
import { FILE_FLAGS, variableOf } from '../../src/command/flags.ts';
import { INPUTS } from '../../src/config/inputs.ts';

type Environment = Readonly<Record<string, string>>;

function gateCommand(args: readonly string[], environment: Environment = {}) {
  const command = parseCommandLine(args, environment);
  if (command.kind !== 'gate') throw new Error(`${command.kind} is not the gate`);
  return command;
}

const inputsOf = (args: readonly string[], environment: Environment = {}) =>
  Object.fromEntries(gateCommand(args, environment).inputs);

const problemsOf = (args: readonly string[], environment: Environment = {}) =>
  gateCommand(args, environment).problems;

describe('The command line', () => {
  test.each([
    [['--help'], { kind: 'help', topic: undefined }],
    [['-h'], { kind: 'help', topic: undefined }],
    [['help'], { kind: 'help', topic: undefined }],
    [['help', 'gate'], { kind: 'help', topic: 'gate' }],
    [['help', 'console'], { kind: 'help', topic: 'console' }],
    [['--version'], { kind: 'version' }],
    [['version'], { kind: 'version' }],
    [['-V'], { kind: 'version' }],
    [['completion', 'bash'], { kind: 'completion', shell: 'bash' }],
  ])('%j stands alone', (args, command) => {
    expect(parseCommandLine(args, {})).toEqual(command);
  });

  test.each([
    ['gate', '--help'],
    ['gate', '-h'],
    ['check', '--help'],
    ['check', 'a/b:1', '-h'],
    ['gate', '--tag', '--help'],
    ['gate', '--json', 'out.json', '--help', '--nonsense'],
    ['--help', 'a/b:1'],
    ['-h', 'gate'],
  ])('%j %j %j %j shows a help, and gates nothing', (...args) => {
    expect(gateCommand(args)).toMatchObject({ problems: [expect.any(String)] });
    expect(gateCommand(args).topic).toBeDefined();
  });

  test.each([
    [[], /There is no command\. .*gate, check, console/],
    [['--json', 'x.json'], /There is no command\./],
    [['gates'], /no command gates \(did you mean gate\?\)/],
    [['chek', 'a/b:1'], /did you mean check\?/],
    [['help', 'gaet'], /did you mean gate\?/],
    [['help', 'gate', 'more'], /takes one command/],
    [['version', 'gate'], /stands alone/],
    [['--version', '--json', 'x'], /stands alone/],
    [['completion'], /bash, zsh, fish/],
    [['completion', 'csh'], /bash, zsh, fish/],
    [['completion', 'bash', 'more'], /bash, zsh, fish/],
  ])('%j is a run of the gate with a mistake, so that it never ends with 0', (args, problem) => {
    expect(gateCommand(args)).toMatchObject({
      command: undefined,
      problems: [expect.stringMatching(problem)],
    });
  });

  test('finds the files of a run in whatever is wrong with the rest', () => {
    for (const args of [
      ['gates', '--dotenv', 'gate.env'],
      ['--dotenv', 'gate.env'],
      ['gate', '--bogus', 'x', '--dotenv', 'gate.env', '--password', 'y'],
      ['gate', '--help', '--dotenv=gate.env'],
      ['help', 'gate', '--dotenv', 'gate.env'],
      ['gate', '', 'true', '--dotenv', 'gate.env', '--timeout'],
    ]) {
      expect(gateCommand(args).files).toEqual({ dotenv: 'gate.env' });
    }
  });

  test('hands the arguments of the embedded Console on as they are', () => {
    expect(parseCommandLine(['console', '--port', '0', '--tls'], {})).toEqual({
      kind: 'console',
      args: ['--port', '0', '--tls'],
    });
  });

  test('never passes for a help, whatever stands among the arguments of the gate', () => {
    const word = fc.oneof(
      fc.constantFrom('--help', '-h', 'help', '--version', 'version', '--', '-', '', '--json', 'true'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.constantFrom('gate', 'check'), fc.array(word), (command, args) => {
        expect(parseCommandLine([command, ...args], {}).kind).toBe('gate');
      }),
    );
  });
});

describe('Flags', () => {
  test('are every input that is not a secret', () => {
    const flags = INPUTS.filter(({ isSecret }) => !isSecret).filter((input) => input.default !== 'false');
    const args = flags.flatMap(({ name }) => [`--${name}`, `value-of-${name}`]);
    expect(inputsOf(['gate', ...args])).toEqual(
      Object.fromEntries(flags.map(({ name }) => [name, `value-of-${name}`])),
    );
    expect(problemsOf(['gate', ...args])).toEqual([]);
  });

  const SWITCHES = INPUTS.filter((input) => input.default === 'false').map(({ name }) => name);

  test.each(SWITCHES)('--%s takes no value, =true and =false', (name) => {
    for (const [argument, value] of [
      [`--${name}`, 'true'],
      [`--${name}=true`, 'true'],
      [`--${name}=false`, 'false'],
      [`--${name}=yes`, 'yes'],
    ] as const) {
      expect(inputsOf(['gate', argument])).toEqual({ [name]: value });
    }
  });

  test.each(SWITCHES)('--%s with a bare value says how to write it, and takes no image from it', (name) => {
    for (const [word, value] of [
      ['true', 'true'],
      ['yes', 'true'],
      ['1', 'true'],
      ['on', 'true'],
      ['ON', 'true'],
      ['false', 'false'],
      ['no', 'false'],
      ['0', 'false'],
      ['off', 'false'],
    ]) {
      const command = gateCommand(['gate', `--${name}`, String(word), 'a/b:1']);
      expect(command.problems).toEqual([expect.stringContaining(`--${name}=${value}`)]);
      expect(command.inputs.get('images')).toBe('a/b:1');
    }
  });

  test.each(['quiet', 'debug', 'no-progress'])('--%s is a switch of the log', (name) => {
    expect([...gateCommand(['gate', `--${name}`]).log]).toEqual([name]);
    expect([...gateCommand(['gate', `--${name}=false`]).log]).toEqual([]);
    expect(problemsOf(['gate', `--${name}=perhaps`])).toEqual([
      expect.stringContaining(`--${name}=true`.slice(0, 5)),
    ]);
  });

  test.each([
    ['--tag', '1', '--tag', '2'],
    ['--tag=1', '--tag', '2'],
    ['--only-fixed', '--only-fixed=false'],
    ['--json', 'a', '--json', 'b'],
    ['--password-file', 'a', '--password-file', 'b'],
    ['--quiet', '--quiet=false'],
    ['--severity-cutoff', 'high', '--severity-cutoff=none'],
  ])('%j %j %j %j is given twice with different values, which is a mistake', (...args) => {
    expect(problemsOf(['gate', ...args])).toEqual([expect.stringMatching(/given twice/)]);
  });

  test('that are given twice with the same value are no mistake', () => {
    expect(problemsOf(['gate', '--tag', '1', '--tag=1', '--only-fixed', '--only-fixed=true'])).toEqual([]);
  });

  test.each([
    [['--timeout'], /--timeout needs a value/],
    [['--timeout', '--quiet'], /--timeout needs a value/],
    [['--json', '--sarif', 'x'], /--json needs a value/],
    [['--json', ''], /--json needs the path of a file/],
    [['--tekton', '-'], /--tekton needs the path of a folder/],
    [['--severity-cutof', 'high'], /did you mean --severity-cutoff\?.*skipped/],
    [['--images', ' '], /--images is empty/],
    [['-x'], /There is no flag -x\./],
    [['--json', '-', '--junit', '-'], /both name standard output/],
    [['--json', 'a', '--sarif', './a'], /both name the same file/],
    [['--exceptions', 'e.yml', '--json', 'e.yml'], /both name the same file/],
    [['--password-file', 'p', '--dotenv', 'p'], /both name the same file/],
  ])('%j are a mistake', (args, problem) => {
    expect(problemsOf(['gate', ...args])).toEqual([expect.stringMatching(problem)]);
  });

  test('never name a file to remove that something is read from', () => {
    expect(gateCommand(['gate', '--ca-cert', 'ca.pem', '--receipt', 'ca.pem']).files).toEqual({});
  });

  test('name every file to write', () => {
    const names = Object.keys(FILE_FLAGS);
    const args = names.flatMap((flag) => [`--${flag}`, `file-of-${flag}`]);
    expect(gateCommand(['gate', ...args]).files).toEqual(
      Object.fromEntries(names.map((flag) => [flag, `file-of-${flag}`])),
    );
  });

  test('take standard output for every file, and for none twice', () => {
    for (const flag of Object.keys(FILE_FLAGS).filter((name) => name !== 'tekton')) {
      expect(gateCommand(['gate', `--${flag}`, '-'])).toMatchObject({ files: { [flag]: '-' }, problems: [] });
    }
  });
});

describe('Images', () => {
  test('are arguments, joined with those of --images', () => {
    expect(inputsOf(['gate', 'a/b:1', 'c/d:2', '--timeout', '1m']).images).toBe('a/b:1\nc/d:2');
    expect(inputsOf(['gate', 'a/b:1', '--images', 'c/d:2']).images).toBe('c/d:2\na/b:1');
    expect(inputsOf(['gate', '--', 'a/b:1']).images).toBe('a/b:1');
  });

  test.each(['', ' ', '\t', '# none', '#', ' #x', 'a\nb', 'help', 'Version', 'TRUE'])(
    '%j as an argument is a mistake, and never dropped',
    (word) => {
      for (const args of [[word], ['a/b:1', word], [word, 'a/b:1'], ['--', word]]) {
        expect(problemsOf(['gate', ...args])).toHaveLength(1);
      }
    },
  );

  test('check is the gate with mode check, and takes no other', () => {
    expect(inputsOf(['check', 'a/b:1'])).toEqual({ mode: 'check', images: 'a/b:1' });
    expect(inputsOf(['check'], { SCAN_GATE_MODE: 'await' })).toEqual({ mode: 'check' });
    expect(problemsOf(['check', '--mode', 'await'])).toEqual([expect.stringMatching(/gate --mode await/)]);
  });
});

describe('The environment', () => {
  test('has every input, secrets included', () => {
    const environment = Object.fromEntries(INPUTS.map(({ name }) => [variableOf(name), `value-of-${name}`]));
    expect(environment.SCAN_GATE_CONSOLE_URL).toBe('value-of-console-url');
    expect(inputsOf(['gate'], environment)).toEqual(
      Object.fromEntries(INPUTS.map(({ name }) => [name, `value-of-${name}`])),
    );
  });

  test('comes behind the flags', () => {
    const environment = { SCAN_GATE_TIMEOUT: '1m', SCAN_GATE_MODE: 'await' };
    expect(inputsOf(['gate', '--timeout', '2m'], environment)).toEqual({ timeout: '2m', mode: 'await' });
  });

  test('keeps a variable that is set and empty: it may drop a check', () => {
    expect(inputsOf(['gate'], { SCAN_GATE_SEVERITY_CUTOFF: '' })).toEqual({ 'severity-cutoff': '' });
  });

  test('hands on a misspelt variable, so that it is refused', () => {
    expect(inputsOf(['gate'], { SCAN_GATE_SEVERITY_CUTOF: 'high' })).toEqual({ 'severity-cutof': 'high' });
  });

  test('refuses a variable of ours in another case', () => {
    for (const { name } of INPUTS) {
      const variable = variableOf(name);
      for (const other of [variable.toLowerCase(), `scan_gate${variable.slice(9)}`]) {
        expect(gateCommand(['gate'], { [other]: 'x' })).toMatchObject({
          problems: [expect.stringContaining(`mean ${variable}?`)],
          inputs: new Map(),
        });
      }
    }
  });
});

describe('A secret', () => {
  test.each(['--password', '--token'])('behind %s is refused, and never repeated', (flag) => {
    for (const args of [[flag, 'hunter2-secret'], [`${flag}=hunter2-secret`], [flag]]) {
      const command = gateCommand(['gate', ...args, 'a/b:1']);
      expect(command.problems).toEqual([expect.stringMatching(/other processes can read a command line/)]);
      expect(JSON.stringify([...command.inputs, command.problems])).not.toContain('hunter2');
    }
  });

  test.each(['--pasword', '--registry-password', '--pass', '-p', '-phunter2-secret', '--Password'])(
    'behind %s, which does not exist, is never repeated',
    (flag) => {
      for (const args of [[flag, 'hunter2-secret'], [`${flag}=hunter2-secret`]]) {
        const command = gateCommand(['gate', 'a/b:1', ...args]);
        expect(command.problems).toHaveLength(1);
        expect(JSON.stringify([...command.inputs, command.problems])).not.toContain('hunter2');
      }
    },
  );

  test('comes from a file', () => {
    const { secretFiles } = gateCommand(['gate', '--password-file', '-', '--token-file', '/run/token']);
    expect(Object.fromEntries(secretFiles)).toEqual({ password: '-', token: '/run/token' });
  });
});
