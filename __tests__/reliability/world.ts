import type { ConsoleModel } from '../../emulator/model.ts';
import type { Scenario } from '../../emulator/scenario.ts';
import { earlierScan, imageScript, registryScript, scanScript, scenario } from '../../emulator/script.ts';
import type { Cell } from './cell.ts';

export const USERNAME = 'gate';
/** Looks different in an address, in JSON and in basic authentication, so that none of them goes unnoticed. */
export const PASSWORD = 'q7"Zürich/+&% 9';

export const IMAGE = { registry: 'registry.example.com', repo: 'shop/cart', tag: '7' };

const REGISTER_MS = 4_000;
const DISCOVERY_MS = 3_000;
const SCAN_MS = 7_000;
const ENDLESS_MS = 3_600_000;
/** When somebody else starts the scan that the await modes wait for. */
const ELSEWHERE_AT_MS = 4_000;

/** A regular scan that was never seen has not started, so it gets the time to be seen once. */
const SEEN_MS = 2_500;

/** A Console with an image that was scanned yesterday, and two registries. */
export function scenarioFor({ mode, prospect }: Cell): Scenario {
  const outcome = prospect === 'failing' ? 'scan-error' : 'finished';
  const scanMs = prospect === 'endless' ? ENDLESS_MS : SCAN_MS;
  const phases = { discoveryMs: DISCOVERY_MS, scanMs, outcome } as const;
  const scan = scanScript({ ...phases, registerDelayMs: REGISTER_MS, rowLagMs: 1_500 });
  return scenario({
    users: [{ username: USERNAME, password: PASSWORD, role: 'administrator' }],
    settings: { restartDropsTokens: true },
    images: [imageScript({ ...IMAGE, scans: [scan], earlier: earlierScan() })],
    registries: [
      registryScript({ registry: 'registry.example.com', ...phases }),
      registryScript({ registry: 'quay.team.example', discoveryMs: 1_000, scanMs: 2_000 }),
    ],
    events: {
      trigger: [],
      await: [{ kind: 'scan', atMs: ELSEWHERE_AT_MS, image: IMAGE } as const],
      'await-regular': [{ kind: 'regular-scan', atMs: ELSEWHERE_AT_MS } as const],
    }[mode],
  });
}

/** When the awaited scan is asked for, shows, and is over, in milliseconds of the cell; undefined where unknown yet. */
export interface Moments {
  readonly askedForAtMs: number;
  readonly registeredAtMs: number;
  readonly overAtMs: number;
}

/** What truly happens in the Console, whatever it shows. */
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
      const scanMs = this.#cell.prospect === 'endless' ? ENDLESS_MS : SCAN_MS;
      const at = ELSEWHERE_AT_MS;
      return { askedForAtMs: at, registeredAtMs: at + SEEN_MS, overAtMs: at + DISCOVERY_MS + scanMs };
    }
    const record = this.#awaited();
    if (record === undefined) return undefined;
    const askedForAtMs = record.requestedAtMs - this.#epochMs;
    return {
      askedForAtMs,
      registeredAtMs: askedForAtMs + REGISTER_MS,
      overAtMs: record.finishedAtMs - this.#epochMs,
    };
  }

  /** Whether a scan of the image, no earlier one, has finished without an error by now. */
  isFinishedWell(nowMs: number): boolean {
    if (this.#cell.prospect !== 'good') return false;
    if (this.#cell.mode === 'await-regular') return nowMs >= (this.moments()?.overAtMs ?? Number.NaN);
    return this.#model
      .scansOf(IMAGE)
      .some(
        ({ kind, outcome, lostAtMs, finishedAtMs }) =>
          kind === 'on-demand' &&
          outcome === 'finished' &&
          lostAtMs === null &&
          finishedAtMs <= this.#epochMs + nowMs,
      );
  }

  #awaited() {
    return this.#model.scansOf(IMAGE).findLast(({ kind }) => kind === 'on-demand');
  }
}
