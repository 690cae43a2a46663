import { describe, expect, test } from '@jest/globals';
import {
  ciSystemOf,
  outputCommand,
  summaryCommand,
  type TerminalOptions,
  terminalLog,
} from '../../src/command/terminal.ts';

const OPTIONS: TerminalOptions = {
  ciSystem: 'none',
  environment: {},
  hasProgressBar: true,
  isDebug: false,
  isQuiet: false,
  redact: (text) => text.replaceAll('hunter2', '***'),
};

function logTo(stream: { isTTY?: boolean; columns?: number }, options: Partial<TerminalOptions> = {}) {
  let written = '';
  const log = terminalLog({ ...stream, write: (text) => (written += text) }, { ...OPTIONS, ...options });
  return { log, written: () => written };
}

describe('A log', () => {
  test('has lines without colours and no progress bar', () => {
    const { log, written } = logTo({});
    log.info('waiting');
    log.warning('careful');
    log.error('title', 'failed');
    expect(written()).toBe('waiting\nwarning: careful\nfailed\n');
    expect(log.status).toBeUndefined();
  });

  test('has debug lines only if they are asked for', () => {
    const quiet = logTo({});
    quiet.log.debug('GET version: 200');
    const loud = logTo({}, { isDebug: true });
    loud.log.debug('GET version: 200');
    expect([quiet.written(), loud.written()]).toEqual(['', 'debug: GET version: 200\n']);
  });

  test.each(['azure', 'buildkite', 'github', 'teamcity', 'none'] as const)(
    'never has a secret, as %s',
    (ciSystem) => {
      const { log, written } = logTo({ isTTY: true }, { ciSystem, isDebug: true });
      for (const write of [log.info, log.warning, log.debug]) write('password hunter2');
      log.error('title', 'password hunter2');
      log.status?.('password hunter2');
      expect(written()).not.toContain('hunter2');
    },
  );
});

describe('A terminal', () => {
  test('has colours and a progress bar that the next line replaces', () => {
    const { log, written } = logTo({ isTTY: true, columns: 20 });
    log.status?.('█████ 1/2 and much more than fits');
    log.error('title', 'failed');
    expect(written()).toBe(`\r\u001b[2K█████ 1/2 and much \r\u001b[2K\u001b[31mfailed\u001b[0m\n`);
  });

  test('has no colours with NO_COLOR, and no bar with --no-progress', () => {
    const { log, written } = logTo(
      { isTTY: true },
      { environment: { NO_COLOR: '1' }, hasProgressBar: false },
    );
    log.error('title', 'failed');
    expect(written()).toBe('failed\n');
    expect(log.status).toBeUndefined();
  });
});

describe('A CI system', () => {
  test.each([
    ['azure', { TF_BUILD: 'True' }],
    ['buildkite', { BUILDKITE: 'true' }],
    ['github', { GITHUB_ACTIONS: 'true' }],
    ['teamcity', { TEAMCITY_VERSION: '2026.1' }],
    ['none', { CI: 'true', GITLAB_CI: 'true' }],
  ] as const)('%s is known by its variables', (name, environment) => {
    expect(ciSystemOf(environment)).toBe(name);
  });

  test('Azure gets issues and variables, and the text can end none of its commands', () => {
    const { log, written } = logTo({}, { ciSystem: 'azure' });
    log.error('title', 'failed: 100%0A');
    expect(written()).toBe('##vso[task.logissue type=error]failed: 100%AZP250A\n');
    expect(outputCommand('azure', 'image-by-digest', 'a\nb%')).toBe(
      '##vso[task.setvariable variable=SCAN_RESULT_IMAGE_BY_DIGEST;isoutput=true]a%0Ab%AZP25',
    );
    expect(outputCommand('none', 'verdict', 'passed')).toBeUndefined();
  });

  test.each([
    ['passed', 'success'],
    ['timed-out', 'warning'],
    ['failed', 'error'],
    ['cancelled', 'error'],
  ])('Buildkite gets the command that annotates a build that %s', (verdict, style) => {
    expect(summaryCommand('buildkite', '/tmp/summary.md', verdict)).toBe(
      `Annotate: buildkite-agent annotate --style ${style} --context scan-gate < /tmp/summary.md`,
    );
  });

  test.each(['github', 'teamcity', 'none'] as const)('%s has no command for a summary', (ciSystem) => {
    expect(summaryCommand(ciSystem, '/tmp/summary.md', 'passed')).toBeUndefined();
  });
});
