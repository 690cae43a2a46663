import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { buildImage, buildScan, buildScenario, startConsole } from 'compute-console-emulator';
import { runWorkflow, type Start, type WorkflowEnd } from './act.ts';

const USER = 'octo-promoter';
const PASSWORD = 'correct-horse-Zq7';

const image = (repo: string, scan: Parameters<typeof buildScan>[0]) =>
  buildImage({ registry: 'registry.example.com', repo, tag: '1.0', scans: [buildScan(scan)] });

const quick = { registerDelayMs: 100, discoveryMs: 200, scanMs: 700 };
const images = [
  image('shop/good', quick),
  image('shop/fine', quick),
  image('shop/broken', { ...quick, outcome: 'scan-error' }),
  image('shop/slow', { registerDelayMs: 100, discoveryMs: 200, scanMs: 120_000 }),
];
const digestOf = (repo: string) => images.find((one) => one.repo === repo)?.digest;

/** Each run has a Console of its own. */
async function run(workflow: string, given: Partial<Start> = {}): Promise<WorkflowEnd> {
  const prisma = await startConsole({
    scenario: buildScenario({
      images,
      users: [{ username: USER, password: PASSWORD, role: 'administrator' }],
    }),
  });
  try {
    return await runWorkflow({
      workflow: `__tests__/workflow/workflows/${workflow}.yml`,
      secrets: { CONSOLE_USER: USER, CONSOLE_PASSWORD: PASSWORD },
      vars: { CONSOLE_URL: prisma.url },
      ...given,
    });
  } finally {
    await prisma.close();
  }
}

describe('A workflow', () => {
  test.concurrent('whose image is good goes on with its outputs, in later steps and in other jobs', async () => {
    const { exitCode, log } = await run('outputs', { inputs: { repo: 'shop/good' } });

    const promoted = `registry.example.com/shop/good@${digestOf('shop/good')}`;
    expect(log).toContain(`a later step has ${promoted}, scanned 1/1`);
    expect(log).toContain('on every way out: success passed scan-completed');
    expect(log).toMatch(/Summary - .*passed \(scan-completed\)/);
    expect(log).toContain(`another job promotes ${promoted}`);
    expect(log).not.toContain('another job mourns');
    expect(exitCode).toBe(0);
  });

  test.concurrent('whose image is bad fails, and what needs the verdict still has it', async () => {
    const { exitCode, log } = await run('outputs', { inputs: { repo: 'shop/broken' } });

    expect(log).not.toContain('a later step has');
    expect(log).toContain('on every way out: failure failed scan-error');
    expect(log).toMatch(/Summary - .*failed \(scan-error\)/);
    expect(log).not.toContain('another job promotes');
    expect(log).toContain('another job mourns after failure failed');
    expect(exitCode).toBe(1);
  });

  test.concurrent('shows no secret, even one that it prints itself', async () => {
    const { log } = await run('outputs', { inputs: { repo: 'shop/good' } });

    expect(log).toContain('and the password is ***');
    for (const secret of [PASSWORD, Buffer.from(`${USER}:${PASSWORD}`).toString('base64')]) {
      expect(log).not.toContain(secret);
    }
  });

  test.concurrent.each([
    { repo: 'shop/good', strict: 'true', says: 'success success passed', only: true, exit: 0 },
    { repo: 'shop/broken', strict: 'false', says: 'failure success failed', only: false, exit: 0 },
    { repo: 'shop/broken', strict: 'true', says: 'failure success failed', only: false, exit: 1 },
  ])(
    'with continue-on-error goes on after $says, and ends with $exit',
    async ({ only, says, exit, ...inputs }) => {
      const { exitCode, log } = await run('continue', { inputs });

      expect(log).toContain(`going on after ${says}`);
      expect(log.includes('| only where it passed')).toBe(only);
      expect(exitCode).toBe(exit);
    },
  );

  test.concurrent('over a matrix succeeds if every image is good', async () => {
    const { exitCode, log } = await run('matrix', { inputs: { repos: '["shop/good", "shop/fine"]' } });

    for (const repo of ['shop/good', 'shop/fine']) {
      expect(log).toContain(`promoting registry.example.com/${repo}@${digestOf(repo)}`);
    }
    expect(exitCode).toBe(0);
  });

  test.concurrent('over a matrix fails if one image is bad, and the other has its own end', async () => {
    const { exitCode, log } = await run('matrix', { inputs: { repos: '["shop/broken", "shop/good"]' } });

    expect(log).toContain(`promoting registry.example.com/shop/good@${digestOf('shop/good')}`);
    expect(log).not.toContain('promoting registry.example.com/shop/broken');
    expect(exitCode).toBe(1);
  });

  test.concurrent('that is told to stop by the runner ends its gate as cancelled, and promotes nothing', async () => {
    const { exitCode, log } = await run('cancelled', {
      meanwhile: async (shown, runner) => {
        await shown.shows('scanning images');
        // GitHub's runner sends its step SIGINT, and SIGTERM later. This runner kills instead, so we send it.
        process.kill(gateBelow(runner.pid ?? 0), 'SIGINT');
      },
    });

    expect(log).toContain('in the end failure cancelled signal.');
    expect(log).not.toContain('| this would promote');
    expect(exitCode).toBe(1);
  });

  test.concurrent('whose gate is killed has no verdict, and promotes nothing', async () => {
    const { exitCode, log } = await run('cancelled', {
      meanwhile: async (shown, runner) => {
        await shown.shows('scanning images');
        runner.kill('SIGINT'); // which this runner turns into SIGKILL for the step
      },
    });

    expect(log).toMatch(/in the end \w+ +\./);
    expect(log).not.toContain('| this would promote');
    expect(exitCode).toBe(1);
  });
});

/** The process of the bundle among those that the runner started. */
function gateBelow(pid: number): number {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean),
  );
  const found = children.find((child) =>
    readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('dist/index.js'),
  );
  if (found === undefined) throw new Error('The runner has not started the gate');
  return Number(found);
}
