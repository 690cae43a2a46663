import { expect } from '@jest/globals';
import {
  buildScenario,
  type DefenderSpec,
  type RunningConsole,
  type Settings,
  startConsole,
} from 'compute-console-emulator';
import type { Certificate } from 'compute-console-emulator/certificates';
import { runWorkflow, type Start, type WorkflowEnd } from './act.ts';
import { KEEPER, Registry } from './registry.ts';

export const USER = 'octo-promoter';
export const PASSWORD = 'correct-horse-Zq7';

/** The services of a pipeline: two registries, and a Console that scans the first of them. */
export interface Pipeline {
  readonly staging: Registry;
  readonly production: Registry;
  readonly prisma: RunningConsole;
  /** Runs one of the examples as it is, with the addresses and secrets that it asks for. */
  run(example: string, given?: Omit<Partial<Start>, 'workflow'>): Promise<WorkflowEnd>;
}

export interface PipelineGiven {
  readonly settings?: Partial<Settings>;
  /** How long a scan takes once its image is discovered. */
  readonly scanMs?: number;
  readonly tls?: Certificate;
  /** The Defenders that are connected to the Console; one for amd64 by default. */
  readonly defenders?: readonly DefenderSpec[];
}

/** Builds a pipeline, lets it be used, and takes it down. */
export async function withPipeline(
  given: PipelineGiven,
  use: (pipeline: Pipeline) => Promise<void>,
): Promise<void> {
  const { settings = {}, scanMs = 800, tls = false, defenders } = given;
  const [staging, production] = await Promise.all([Registry.start(), Registry.start()]);
  const prisma = await startConsole({
    scenario: buildScenario({
      users: [{ username: USER, password: PASSWORD, role: 'administrator' }],
      settings,
      ...(defenders === undefined ? {} : { defenders }),
    }),
    tls,
    registries: { addresses: [staging.address], scanMs },
  });
  const secrets = {
    CONSOLE_URL: prisma.url,
    CONSOLE_PASSWORD: PASSWORD,
    STAGING_PASSWORD: KEEPER.password,
    PRODUCTION_PASSWORD: KEEPER.password,
  };
  const vars = {
    STAGING_REGISTRY: staging.name,
    PRODUCTION_REGISTRY: production.name,
    CONSOLE_USER: USER,
    STAGING_USER: KEEPER.username,
    PRODUCTION_USER: KEEPER.username,
  };
  try {
    await use({
      staging,
      production,
      prisma,
      run: (example, { secrets: otherSecrets, vars: otherVars, ...rest } = {}) =>
        runWorkflow({
          workflow: `examples/${example}.yml`,
          secrets: { ...secrets, ...otherSecrets },
          vars: { ...vars, ...otherVars },
          ...rest,
        }),
    });
  } finally {
    await Promise.all([prisma.close(), staging.stop(), production.stop()]);
  }
}

/** Held means: the workflow fails, for this reason, and production is as empty as before. */
export async function expectHeld(
  { production }: Pipeline,
  { exitCode, log }: WorkflowEnd,
  reason: string,
): Promise<void> {
  expect(log).toContain(`(${reason})`);
  expect(exitCode).toBe(1);
  expect(await production.content()).toEqual({});
}
