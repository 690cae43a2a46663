import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { PASSWORD } from '../bundle/gate.ts';
import type { Scripts } from '../bundle/scripted-console.ts';
import { gitlabErrors } from '../output/schemas.ts';
import { inJob, type Job, reportOf, SCANNED_IMAGE, type ScriptEnd } from './job.ts';

/** The pipeline of the example and its component, run by `gitlab-ci-local`, which `GITLAB_CI_LOCAL` names. */
const PROGRAM = process.env.GITLAB_CI_LOCAL ?? 'gitlab-ci-local';
const example = fileURLToPath(new URL('../../examples/gitlab/', import.meta.url));

interface Pipeline extends ScriptEnd {
  readonly calls: readonly string[];
  /** The short name of the commit, which is the image's tag. */
  readonly commit: string;
  readonly file: (path: string) => Promise<string>;
}

/** Runs all stages in a repository that has the example at its root, as the project of the component has. */
async function pipeline(job: Job, change = (text: string) => text): Promise<Pipeline> {
  const { folder, run, secrets, calls } = job;
  await cp(example, folder, { recursive: true });
  const path = join(folder, '.gitlab-ci.yml');
  await writeFile(path, change(await readFile(path, 'utf8')));
  const git = async (...args: readonly string[]) => {
    const { exitCode, log } = await run([
      'git',
      '-c',
      'user.name=ci',
      '-c',
      'user.email=ci@example.com',
      ...args,
    ]);
    expect({ exitCode, log }).toMatchObject({ exitCode: 0 });
    return log.trim();
  };
  await git('init', '--quiet', '--initial-branch', 'main');
  await git('remote', 'add', 'origin', 'git@gitlab.example.com:OWNER/registry-scan-gate.git');
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'Add the example');
  // The component comes by its tag from the instance, which is a folder here.
  await git('tag', '1.0.0');
  await git('clone', '--quiet', '--bare', '.', join(folder, '..', 'instance/OWNER/registry-scan-gate.git'));
  const instance = {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `url.file://${join(folder, '..', 'instance')}/.insteadOf`,
    GIT_CONFIG_VALUE_0: 'ssh://git@gitlab.example.com:22/',
  };
  const variables = Object.entries(secrets).flatMap(([name, value]) => ['--variable', `${name}=${value}`]);
  const end = await run(
    [process.execPath, PROGRAM, '--force-shell-executor', '--no-color', ...variables],
    instance,
  );
  return {
    ...end,
    calls: await calls(),
    commit: await git('rev-parse', '--short=8', 'HEAD'),
    file: (name) => readFile(join(folder, name), 'utf8'),
  };
}

/** The tag is the commit, which is known only once the pipeline runs, so the Console scans whichever it is asked for. */
const scansOfAnyTag = (err = ''): Scripts => ({
  report: ({ query }, nth) => {
    const name = query.find(([key]) => key === 'name')?.[1] ?? '';
    return reportOf(name.slice(name.lastIndexOf(':') + 1), err, nth);
  },
});

describe('The pipeline for GitLab', () => {
  test('builds, gates by digest, and copies exactly what was scanned', async () => {
    await inJob(scansOfAnyTag(), async (job) => {
      const { exitCode, log, calls, commit } = await pipeline(job);
      expect({ exitCode, log }).toEqual({
        exitCode: 0,
        log: expect.stringContaining('passed (scan-completed)'),
      });
      expect(log).toContain(`registry.example.com/team/app:${commit}`);
      expect(log).not.toContain(PASSWORD);
      expect(calls.at(-1)).toBe(
        `skopeo copy --all --preserve-digests docker://${SCANNED_IMAGE} docker://registry.example.com/production/app:${commit}`,
      );
    });
  });

  test('stops behind a gate that fails, and has its reports', async () => {
    await inJob(scansOfAnyTag('the layer cannot be read'), async (job) => {
      const { exitCode, log, calls, file } = await pipeline(job);
      expect({ exitCode, log }).toEqual({ exitCode: 1, log: expect.stringContaining('failed (scan-error)') });
      expect(calls.filter((line) => line.startsWith('skopeo'))).toEqual([]);
      const report = JSON.parse(await file('gl-container-scanning-report.json'));
      expect(gitlabErrors(report)).toEqual([]);
      expect(await file('receipt.json')).toContain('scan-error');
    });
  });

  test('stops if the build gave no digest', async () => {
    await inJob(scansOfAnyTag(), async (job) => {
      const { exitCode, log, calls } = await pipeline(job, (text) => text.replace('$(cat digest)', ''));
      expect({ exitCode, log }).toEqual({
        exitCode: 1,
        log: expect.stringContaining('error (invalid-input)'),
      });
      expect(calls.filter((line) => line.startsWith('skopeo'))).toEqual([]);
    });
  });
});
