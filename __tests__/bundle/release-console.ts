import {
  buildScenario,
  ConsoleModel,
  type FaultRule,
  faultsFrom,
  type ImageSpec,
  type RecordedRequest,
  type ReportQuery,
  type ReportResult,
  type Scenario,
  startConsole,
} from 'compute-console-emulator';
import { fleet } from 'compute-console-emulator/scenarios';
import { runStep, type Step, type StepEnd } from '../../demo/runner.ts';

/** A release that was waited for, through the bundle, against the embedded Console. */
export interface Release extends StepEnd {
  readonly requests: readonly RecordedRequest[];
  /** The statuses that the report was answered with. */
  readonly reportStatuses: readonly number[];
  readonly results: readonly Result[];
}

export interface Result {
  readonly image: string;
  readonly verdict: string;
  readonly reason: string;
  readonly digest: string;
  readonly findings: Readonly<Record<string, number>> | null;
}

interface Given {
  readonly scenario: Scenario;
  /** The lines of the input `images`; default: all images of the scenario. */
  readonly images?: readonly string[];
  readonly with?: Readonly<Record<string, string>>;
  readonly faults?: readonly FaultRule[];
  readonly onStart?: NonNullable<Step['onStart']>;
}

/** A Console with so many images whose scans take 2 to 8 s, and the documented rate limit. */
export function fleetConsole(images: number, settings: Partial<Scenario['settings']> = {}): Scenario {
  return buildScenario({ images: fleet(images), settings });
}

/** The whole reference of an image by its tag. */
export function referenceOf({ registry, repo, tag }: ImageSpec): string {
  return [registry.replace('https://', ''), `${repo}:${tag}`].filter((part) => part !== '').join('/');
}

/** Runs the bundle for many images. */
export async function waitForRelease(given: Given): Promise<Release> {
  const reportStatuses: number[] = [];
  const model = new (class extends ConsoleModel {
    override report(query?: ReportQuery, user?: string): ReportResult {
      const result = super.report(query, user);
      reportStatuses.push(result.status);
      return result;
    }
  })({ now: Date.now, scenario: given.scenario });
  const console = await startConsole({
    scenario: given.scenario,
    model,
    ...(given.faults && { fault: faultsFrom(given.faults) }),
  });
  try {
    const images = given.images ?? given.scenario.images.map(referenceOf);
    const end = await runStep({
      with: {
        'console-url': console.url,
        username: 'gate',
        password: 'let-me-scan',
        images: images.join('\n'),
        ...given.with,
      },
      ...(given.onStart && { onStart: given.onStart }),
    });
    return {
      ...end,
      requests: console.requests,
      reportStatuses,
      results: JSON.parse(end.outputs.results ?? '[]'),
    };
  } finally {
    await console.close();
  }
}
