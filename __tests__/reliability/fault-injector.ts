import type { Fault, FaultHook } from 'compute-console-emulator';
import { type Cell, wireOf } from './cell.ts';
import type { Call, Detour } from './fault-case.ts';
import type { SocketClock } from './socket-clock.ts';
import { FOREIGN_HOST } from './status-faults.ts';
import type { Truth } from './world.ts';

/** How long connections are refused while the Console restarts. */
const RESTART_MS = { once: 5_000, twice: 20_000, 'for good': Number.POSITIVE_INFINITY } as const;
const REQUESTS = { once: 1, twice: 2, 'for good': Number.POSITIVE_INFINITY } as const;

const TURNED_AWAY: Fault = { kind: 'answer', status: 503 };
const TOKEN_REJECTED: Fault = { kind: 'answer', status: 401 };

const CALL_OF = new Map<Parameters<FaultHook>[0]['call'], Call>([
  ['authenticate', 'authenticate'],
  ['registry', 'full report'],
  ['scan', 'trigger'],
  ['progress', 'progress'],
]);

interface Target {
  readonly truth: Truth;
  readonly clock: SocketClock;
  /** The epoch of the Console's clock. */
  readonly epochMs: number;
  readonly foreignHost: string;
  readonly restart: () => void;
}

/** Injects the fault of a cell into the requests of one run, at the positions that the cell defines. */
export class FaultInjector {
  readonly #cell: Cell;
  readonly #target: Target;
  #injected = 0;
  #firstAtMs: number | undefined;
  #triggers = 0;
  #hasRejected = false;

  constructor(cell: Cell, target: Target) {
    this.#cell = cell;
    this.#target = target;
  }

  /** How many requests had the fault injected. */
  get injected(): number {
    return this.#injected;
  }

  /** The other destination of the connection for a call; undefined for the Console. */
  detour(call: Call): Detour | undefined {
    const wire = wireOf(this.#cell);
    if (wire?.kind === 'detour') return this.#isDue(call, call === 'trigger' ? 1 : 0) ? wire.to : undefined;
    if (wire?.kind !== 'restart' || !this.#isInPosition(call, 0)) return undefined;
    if (this.#firstAtMs === undefined && wire.scans === 'lost') this.#target.restart();
    this.#firstAtMs ??= this.#nowMs();
    const isDown = this.#nowMs() < this.#firstAtMs + RESTART_MS[this.#cell.times];
    if (isDown) this.#injected += 1;
    return isDown ? 'refused' : undefined;
  }

  readonly hook: FaultHook = ({ call: route, query }) => {
    const isCompact = route === 'registry' && /\bcompact=true\b/.test(query);
    const call = isCompact ? 'report' : CALL_OF.get(route);
    if (call === undefined) return undefined;
    const fault = this.#faultFor(call);
    if (fault !== undefined && isStalled(fault)) this.#target.clock.stalled(call);
    return fault;
  };

  #faultFor(call: Call): Fault | undefined {
    if (call === 'trigger') this.#triggers += 1;
    const prepared = this.#preparation(call);
    if (prepared !== undefined) return prepared;
    const wire = wireOf(this.#cell);
    if (wire === undefined || wire.kind === 'detour' || wire.kind === 'restart') return undefined;
    if (!this.#isDue(call, 0)) return undefined;
    if (wire.kind === 'fault') return this.#withForeignHost(wire.fault);
    // A clock that is wrong from the start was wrong yesterday too, unless it has just been set.
    const wasAlways = this.#cell.position === 'start';
    const fromMs = wasAlways ? 0 : this.#target.epochMs + (this.#firstAtMs ?? 0);
    return { kind: 'clock-set', fromMs, byMs: wire.byMs };
  }

  /** The preconditions for the cell's call at that position. */
  #preparation(call: Call): Fault | undefined {
    const { call: faulty, position } = this.#cell;
    if (faulty === 'trigger' && call === 'trigger' && !this.#isInPosition(call, 0)) return TURNED_AWAY;
    const mustLogInAgain = faulty === 'authenticate' && position !== 'start' && call !== 'authenticate';
    if (!mustLogInAgain || this.#hasRejected || !this.#isInPosition('authenticate', 0)) return undefined;
    this.#hasRejected = true;
    return TOKEN_REJECTED;
  }

  #isDue(call: Call, ahead: number): boolean {
    const { call: faulty, times } = this.#cell;
    const isFaulty = faulty === 'any' || faulty === call || (faulty === 'report' && call === 'full report');
    if (!isFaulty) return false;
    if (this.#injected >= REQUESTS[times] || !this.#isInPosition(call, ahead)) return false;
    this.#injected += 1;
    this.#firstAtMs ??= this.#nowMs();
    return true;
  }

  /** `ahead`: how many triggers have yet to be counted. */
  #isInPosition(call: Call, ahead: number): boolean {
    const { position, call: faulty } = this.#cell;
    if (position === 'start') return true;
    if (faulty === 'trigger') return this.#triggers + ahead > (position === 'middle' ? 1 : 2);
    const moments = this.#target.truth.moments();
    if (moments === undefined) return false;
    if (position === 'end') return this.#nowMs() >= moments.overAtMs;
    const isReport = call === 'report' || call === 'full report';
    return this.#nowMs() >= (isReport ? moments.askedForAtMs : moments.registeredAtMs);
  }

  #withForeignHost(fault: Fault): Fault {
    if (fault.kind !== 'answer') return fault;
    const { location = '' } = fault.headers ?? {};
    if (!location.startsWith(FOREIGN_HOST)) return fault;
    return {
      ...fault,
      headers: { ...fault.headers, location: location.replace(FOREIGN_HOST, this.#target.foreignHost) },
    };
  }

  #nowMs(): number {
    return this.#target.clock.nowMs();
  }
}

function isStalled(fault: Fault): boolean {
  return fault.kind === 'stall' || (fault.kind === 'flood' && fault.everyMs > 0);
}
