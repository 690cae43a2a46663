import {
  buildEarlierScan,
  buildImage,
  buildRegistry,
  buildScan,
  buildScenario,
  type ConsoleModel,
  type Scenario,
} from 'compute-console-emulator';
import type { Cell } from './cell.ts';
import { IMAGE, type ImageSetup, setupOf } from './setups.ts';

export const USERNAME = 'gate';
/** Has another form in an address, in JSON and in basic authentication, so that each of them is tested. */
export const PASSWORD = 'q7"Zürich/+&% 9';

const REGISTER_MS = 4_000;
const DISCOVERY_MS = 3_000;
const SCAN_MS = 7_000;
const DAY_MS = 24 * 3_600_000;
const ENDLESS_MS = 3_600_000;
/** When another job starts the scan that the await modes wait for. */
const ELSEWHERE_AT_MS = 4_000;

/** A regular scan that was never seen has not started, so it gets the time to be seen once. */
const SEEN_MS = 2_500;

/** A Console with the images of the setup, all of them scanned before, and two registries. */
export function scenarioFor({ mode, setup }: Cell): Scenario {
  const { images } = setupOf(setup);
  const phases = phasesOf(images[0]);
  return buildScenario({
    users: [{ username: USERNAME, password: PASSWORD, role: 'administrator' }],
    settings: { restartDropsTokens: true },
    images: images.map((image) =>
      buildImage({
        ...referenceTo(image),
        scans: [
          buildScan({
            ...phasesOf(image),
            registerDelayMs: REGISTER_MS,
            rowLagMs: 1_500,
            findings: image.findings,
          }),
        ],
        earlier: buildEarlierScan({ agoMs: DAY_MS, findings: [] }),
      }),
    ),
    registries: [
      buildRegistry({ registry: IMAGE.registry, ...phases }),
      buildRegistry({ registry: 'quay.team.example', discoveryMs: 1_000, scanMs: 2_000 }),
    ],
    events: {
      trigger: [],
      await: [{ kind: 'scan', atMs: ELSEWHERE_AT_MS, image: IMAGE } as const],
      'await-regular': [{ kind: 'regular-scan', atMs: ELSEWHERE_AT_MS } as const],
    }[mode],
  });
}

function phasesOf({ end }: ImageSetup) {
  return {
    discoveryMs: DISCOVERY_MS,
    scanMs: end === 'never ends' ? ENDLESS_MS : SCAN_MS,
    outcome: end === 'fails' ? 'scan-error' : 'finished',
  } as const;
}

function referenceTo({ repo }: ImageSetup) {
  return { ...IMAGE, repo };
}

/** When the awaited scan is asked for, shows, and is over, in milliseconds of the cell; undefined if unknown yet. */
export interface Moments {
  readonly askedForAtMs: number;
  readonly registeredAtMs: number;
  readonly overAtMs: number;
}

/** The true events in the Console, whatever it shows. */
export class Truth {
  readonly #model: ConsoleModel;
  readonly #cell: Cell;
  readonly #epochMs: number;

  constructor(model: ConsoleModel, cell: Cell, epochMs: number) {
    this.#model = model;
    this.#cell = cell;
    this.#epochMs = epochMs;
  }

  moments(): Moments | undefined {
    if (this.#cell.mode === 'await-regular') {
      const [registry] = setupOf(this.#cell.setup).images;
      const at = ELSEWHERE_AT_MS;
      const { discoveryMs, scanMs } = phasesOf(registry);
      return { askedForAtMs: at, registeredAtMs: at + SEEN_MS, overAtMs: at + discoveryMs + scanMs };
    }
    const record = this.#model.scansOf(IMAGE).findLast(({ kind }) => kind === 'on-demand');
    if (record === undefined) return undefined;
    const askedForAtMs = record.requestedAtMs - this.#epochMs;
    return {
      askedForAtMs,
      registeredAtMs: askedForAtMs + REGISTER_MS,
      overAtMs: record.finishedAtMs - this.#epochMs,
    };
  }

  /**
   * True if an image may pass at this moment: the scan of it has finished without an error, its row is in
   * the report if that can be read, and its findings violate no gate.
   */
  mayPass(image: ImageSetup, nowMs: number): boolean {
    if (image.end === 'violates') return false;
    if (this.#cell.mode === 'await-regular') {
      return image.end === 'passes' && nowMs >= (this.moments()?.overAtMs ?? Number.NaN);
    }
    const atMs = this.#epochMs + nowMs;
    const isReportSound = this.#cell.call === 'progress' || this.#cell.call === 'trigger';
    return this.#model
      .scansOf(referenceTo(image))
      .some(({ kind, outcome, lostAtMs, finishedAtMs, rowAtMs }) => {
        const hasRow = rowAtMs !== null && rowAtMs <= atMs;
        const hasFinished = outcome === 'finished' && lostAtMs === null && finishedAtMs <= atMs;
        return kind === 'on-demand' && hasFinished && (hasRow || !isReportSound);
      });
  }
}
