import fc from 'fast-check';
import {
  buildEarlierScan,
  buildImage,
  buildRegistry,
  buildScan,
  buildScenario,
} from '../../emulator/builders.ts';
import type {
  EarlierScan,
  ImageSpec,
  Outcome,
  RegistrySpec,
  ScanSpec,
  Scenario,
  ScenarioEvent,
} from '../../emulator/scenario.ts';
import type { Settings } from '../../emulator/settings.ts';
import type { NoAnswer } from '../../src/scan/evidence.ts';
import type { PollInterval } from '../../src/scan/schedule.ts';

/** A Console, what happens to it, the way to it, and somebody who waits: all of it as plain data. */
export interface World {
  readonly mode: 'trigger' | 'await' | 'await-regular';
  readonly timeoutMs: number;
  readonly startTimeoutMs: number;
  readonly reportTimeoutMs: number;
  readonly interval: PollInterval;
  readonly crowd: Crowding;
  readonly scan: Scan;
  readonly earlier: Earlier | undefined;
  /** The scans of the same `repo:tag` in other registries, which the same trigger starts. */
  readonly twins: readonly Scan[];
  /** When somebody else starts the scan, for those who await one; before 0 it was there first. */
  readonly startedAtMs: number;
  readonly registries: readonly Registry[];
  readonly events: readonly Happening[];
  readonly settings: Pick<Settings, SettingInPlay>;
  /** What becomes of each trigger in turn; the last one stands for the rest. */
  readonly triggers: readonly Triggering[];
  readonly latenciesMs: readonly number[];
  readonly outages: readonly Outage[];
  readonly veil: Veil | undefined;
  readonly dice: readonly number[];
}

/** How many other scans the step waits for, and when the last of them is over. */
interface Crowding {
  readonly size: number;
  readonly untilMs: number;
}

type Scan = Pick<
  ScanSpec,
  'registerDelayMs' | 'discoveryMs' | 'scanMs' | 'closingMs' | 'outcome' | 'shownInProgress'
> & { readonly rowLagMs: number | null; readonly endReadByOtherAfterMs: number | undefined };

type Earlier = Pick<EarlierScan, 'agoMs' | 'unread' | 'err'>;

type Registry = Pick<RegistrySpec, 'discoveryMs' | 'scanMs' | 'closingMs' | 'outcome'>;

type Happening = { readonly kind: 'restart' | 'scan' | 'read'; readonly atMs: number };

type SettingInPlay =
  | 'reportStatus'
  | 'scanTimeIs'
  | 'endReadBy'
  | 'endConsumed'
  | 'unreadEndMs'
  | 'unreadEndAfterTrigger'
  | 'parallelScansShown'
  | 'parallelRegistries'
  | 'regularEnd'
  | 'failedScanWritesRow'
  | 'rateLimit'
  | 'rateLimitRetryAfter';

export interface Triggering {
  /** `refused`: the Console says no, for good. */
  readonly answer: 'given' | 'lost' | 'refused';
  readonly accepted: boolean;
  readonly answerAfterMs: number;
  readonly reason: NoAnswer['reason'];
}

export interface Outage {
  readonly fromMs: number;
  readonly toMs: number;
  readonly of: 'progress' | 'report' | 'everything';
  /** `unheard`: the Console never got the question. `lost`: it did, and its answer never came. */
  readonly how: 'unheard' | 'lost' | 'stalled';
  readonly reason: NoAnswer['reason'];
  readonly retryAfterMs: number | undefined;
}

/** The report hides its row at first: it is refused a few times, and then shows none a few times. */
export interface Veil {
  readonly refusals: number;
  readonly absences: number;
}

export const image = { registry: '', repo: 'library/alpine', tag: '3.16' };
const others = ['registry.example.com', 'https://quay.example.com'];
const error = 'no such manifest';

/** The Console of a world. */
export function scenarioOf(world: World): Scenario {
  const { scan, twins, registries, settings, mode } = world;
  const given = { repo: image.repo, tag: image.tag };
  const images: ImageSpec[] = [
    buildImage({
      ...given,
      scans: [script(scan)],
      ...(world.earlier === undefined ? {} : { earlier: buildEarlierScan(beforeAll(world.earlier, world)) }),
    }),
    ...twins.map((twin, at) => buildImage({ ...given, registry: others[at] ?? '', scans: [script(twin)] })),
  ];
  return buildScenario({
    images,
    registries: mode === 'await-regular' ? registriesOf(registries) : [],
    events: eventsOf(world),
    settings: { ...settings, emptyRegistryTriggers: 'every-registry' },
  });
}

/** The scan that left the earlier row came before all that happened, or it would not be the earlier one. */
function beforeAll(given: Earlier, { events, startedAtMs, mode }: World): Earlier {
  const firstMs = Math.min(0, mode === 'await' ? startedAtMs : 0, ...events.map(({ atMs }) => atMs));
  return { ...given, agoMs: given.agoMs - firstMs };
}

export function registriesOf(registries: World['registries']): RegistrySpec[] {
  return registries.map((each, at) =>
    buildRegistry({ ...each, registry: `registry-${at}.example.com`, errorText: error }),
  );
}

function script({ endReadByOtherAfterMs, ...scan }: Scan): ScanSpec {
  return buildScan({
    ...scan,
    errorText: error,
    ...(endReadByOtherAfterMs === undefined ? {} : { endReadByOtherAfterMs }),
  });
}

function eventsOf({ mode, events, startedAtMs }: World): ScenarioEvent[] {
  const isRegular = mode === 'await-regular';
  const happening = events.map(({ kind, atMs }): ScenarioEvent => {
    if (kind === 'restart') return { kind, atMs };
    if (isRegular) return { kind: kind === 'scan' ? 'regular-scan' : 'read-regular', atMs };
    return { kind, atMs, image };
  });
  switch (mode) {
    case 'trigger':
      return happening;
    case 'await':
      return [...happening, { kind: 'scan', atMs: startedAtMs, image }];
    case 'await-regular':
      return [...happening, { kind: 'regular-scan', atMs: startedAtMs }];
  }
}

/** Rare things are rare, so that most worlds have a few oddities and not all of them. */
function seldom<T, U>(usual: T, odd: fc.Arbitrary<U>, weight = 3): fc.Arbitrary<T | U> {
  return fc.oneof({ arbitrary: fc.constant(usual), weight }, { arbitrary: odd, weight: 1 });
}

function upTo(ms: number): fc.Arbitrary<number> {
  return fc.oneof(
    fc.integer({ min: 0, max: Math.min(ms, 3_000) }),
    fc.integer({ min: 0, max: Math.min(ms, 40_000) }),
    fc.integer({ min: 0, max: ms }),
  );
}

const outcome: fc.Arbitrary<Outcome> = seldom<Outcome, Outcome>(
  'finished',
  fc.constantFrom<Outcome[]>('discovery-error', 'scan-error', 'report-error'),
  2,
);

const scan: fc.Arbitrary<Scan> = fc.record({
  registerDelayMs: upTo(90_000),
  discoveryMs: upTo(60_000),
  scanMs: upTo(900_000),
  closingMs: seldom(0, upTo(30_000)),
  outcome,
  shownInProgress: seldom(true, fc.constant(false), 5),
  rowLagMs: fc.oneof(
    { arbitrary: fc.integer({ min: 0, max: 3_000 }), weight: 4 },
    { arbitrary: fc.integer({ min: -5_000, max: 200_000 }), weight: 2 },
    { arbitrary: fc.constant(null), weight: 1 },
  ),
  endReadByOtherAfterMs: seldom(undefined, upTo(10_000), 4),
});

const earlier: fc.Arbitrary<Earlier | undefined> = fc.option(
  fc.record({
    agoMs: fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 86_400_000 })),
    unread: seldom(false, fc.constant(true), 2),
    err: seldom('', fc.constant('an earlier failure')),
  }),
  { nil: undefined, freq: 3 },
);

const registry: fc.Arbitrary<Registry> = fc.record({
  discoveryMs: upTo(60_000),
  scanMs: upTo(400_000),
  closingMs: seldom(0, upTo(10_000)),
  outcome: seldom<Registry['outcome'], Registry['outcome']>(
    'finished',
    fc.constantFrom<Registry['outcome'][]>('discovery-error', 'scan-error'),
    6,
  ),
});

const happening: fc.Arbitrary<Happening> = fc.record({
  kind: fc.constantFrom<Happening['kind'][]>('restart', 'scan', 'read', 'read'),
  atMs: fc.oneof(fc.integer({ min: -100_000, max: 0 }), upTo(900_000)),
});

const settings: fc.Arbitrary<World['settings']> = fc.record({
  reportStatus: seldom<200, 403 | 404>(200, fc.constantFrom<(403 | 404)[]>(403, 404), 3),
  scanTimeIs: fc.constantFrom<Settings['scanTimeIs'][]>('end', 'start'),
  endReadBy: fc.constantFrom<Settings['endReadBy'][]>('anyone', 'each-user'),
  endConsumed: fc.constantFrom<Settings['endConsumed'][]>('per-entry', 'whole-answer'),
  unreadEndMs: seldom(null, upTo(60_000), 6),
  unreadEndAfterTrigger: fc.constantFrom<Settings['unreadEndAfterTrigger'][]>(
    'kept-until-registered',
    'dropped',
  ),
  parallelScansShown: fc.constantFrom<Settings['parallelScansShown'][]>('latest', 'all'),
  parallelRegistries: fc.integer({ min: 1, max: 4 }),
  regularEnd: seldom<'shown-once', 'never-shown'>('shown-once', fc.constant('never-shown'), 5),
  failedScanWritesRow: fc.boolean(),
  rateLimit: seldom(null, fc.constant({ requests: 30, windowMs: 30_000 }), 1),
  rateLimitRetryAfter: fc.boolean(),
});

const reason = seldom<NoAnswer['reason'], NoAnswer['reason']>(
  'unreachable',
  fc.constant('invalid-response'),
  2,
);

const triggering: fc.Arbitrary<Triggering> = fc.oneof(
  {
    arbitrary: fc.record({
      answer: fc.constant<'given'>('given'),
      accepted: fc.constant(true),
      answerAfterMs: seldom(200, upTo(200_000)),
      reason: fc.constant<'unreachable'>('unreachable'),
    }),
    weight: 12,
  },
  {
    arbitrary: fc.record({
      answer: fc.constant<'lost'>('lost'),
      accepted: fc.boolean(),
      answerAfterMs: upTo(200_000),
      reason,
    }),
    weight: 6,
  },
  {
    arbitrary: fc.record({
      answer: fc.constant<'refused'>('refused'),
      accepted: fc.constant(false),
      answerAfterMs: upTo(20_000),
      reason: fc.constant<'unreachable'>('unreachable'),
    }),
    weight: 1,
  },
);

const outage: fc.Arbitrary<Outage> = fc
  .record({
    fromMs: upTo(600_000),
    lastsMs: fc.oneof(fc.integer({ min: 1, max: 5_000 }), upTo(200_000)),
    of: fc.constantFrom<Outage['of'][]>('progress', 'report', 'everything'),
    how: fc.constantFrom<Outage['how'][]>('unheard', 'lost', 'stalled'),
    reason,
    retryAfterMs: seldom(undefined, fc.integer({ min: 0, max: 60_000 })),
  })
  .map(({ lastsMs, ...given }) => ({ ...given, toMs: given.fromMs + lastsMs }));

const ALONE: Crowding = { size: 1, untilMs: 0 };

const crowd: fc.Arbitrary<Crowding> = fc.oneof(
  { arbitrary: fc.constant(ALONE), weight: 3 },
  {
    arbitrary: fc.record({
      size: fc.constantFrom(3, 40, 300),
      untilMs: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), upTo(900_000)),
    }),
    weight: 2,
  },
);

function worldsOf(mode: World['mode']): fc.Arbitrary<World> {
  return fc.record({
    mode: fc.constant(mode),
    timeoutMs: fc.oneof(
      fc.integer({ min: 2_000, max: 60_000 }),
      fc.integer({ min: 60_000, max: 1_800_000 }),
      fc.constant(1_800_000),
    ),
    startTimeoutMs: fc.oneof(fc.constant(300_000), fc.integer({ min: 1_000, max: 400_000 })),
    reportTimeoutMs: fc.oneof(fc.constant(120_000), fc.integer({ min: 1_000, max: 300_000 })),
    interval: fc.oneof(
      { arbitrary: fc.constant<PollInterval>('auto'), weight: 3 },
      { arbitrary: fc.record({ everyMs: fc.integer({ min: 1_000, max: 60_000 }) }), weight: 1 },
    ),
    // The registries are waited for alone.
    crowd: mode === 'await-regular' ? fc.constant(ALONE) : crowd,
    scan,
    earlier,
    twins: seldom([], fc.array(scan, { minLength: 1, maxLength: 2 }), 8),
    startedAtMs: fc.oneof(fc.integer({ min: -200_000, max: 0 }), upTo(200_000)),
    registries: fc.array(registry, { minLength: 1, maxLength: 6 }),
    events: seldom([], fc.array(happening, { minLength: 1, maxLength: 3 }), 3),
    settings,
    triggers: fc.array(triggering, { minLength: 1, maxLength: 3 }),
    latenciesMs: fc.array(seldom(50, upTo(20_000), 12), { minLength: 1, maxLength: 7 }),
    outages: seldom([], fc.array(outage, { minLength: 1, maxLength: 3 }), 2),
    veil: seldom(
      undefined,
      fc.record({ refusals: fc.integer({ min: 1, max: 3 }), absences: fc.integer({ min: 0, max: 3 }) }),
      8,
    ),
    dice: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 5 }),
  });
}

/** Any world. */
export const worlds: fc.Arbitrary<World> = fc.oneof(
  { arbitrary: worldsOf('trigger'), weight: 5 },
  { arbitrary: worldsOf('await'), weight: 2 },
  { arbitrary: worldsOf('await-regular'), weight: 1 },
);

/** Worlds in which a scan succeeds and nobody interferes, so that most of them have to be passed. */
export const kindWorlds: fc.Arbitrary<World> = worlds.map((world) => ({
  ...world,
  scan: { ...world.scan, outcome: 'finished' },
  twins: [],
  registries: world.registries.map((each) => ({ ...each, outcome: 'finished' as const })),
  events: [],
  triggers: world.triggers.filter(({ answer }) => answer !== 'refused').concat(accepted),
  timeoutMs: Math.max(world.timeoutMs, 300_000) * 2,
}));

const accepted: Triggering = { answer: 'given', accepted: true, answerAfterMs: 200, reason: 'unreachable' };

/** How many scans the step waits for at a moment, this one included. */
export function crowdAt({ crowd: { size, untilMs } }: World, atMs: number): number {
  return atMs < untilMs ? size : 1;
}

/** What is special about a world, for counting that each kind was met. */
export function kindsOf(world: World): string[] {
  const { scan: ours, settings: set, mode } = world;
  const first = world.triggers[0];
  const isOf = (kind: Happening['kind']) => world.events.some((event) => event.kind === kind);
  const kinds: Record<string, boolean> = {
    [`mode ${mode}`]: true,
    'crowd of 3': world.crowd.size === 3,
    'crowd of 40': world.crowd.size === 40,
    'crowd of 300': world.crowd.size === 300,
    'several registries': mode === 'await-regular' && world.registries.length > 1,
  };
  if (mode !== 'await-regular') {
    Object.assign(kinds, {
      'registers late': ours.registerDelayMs > 10_000,
      'runs long': ours.scanMs > 60_000,
      'fails in discovery': ours.outcome === 'discovery-error',
      'fails in the image scan': ours.outcome === 'scan-error',
      'fails in the row': ours.outcome === 'report-error',
      'never shows progress': !ours.shownInProgress,
      'end read by someone else': ours.endReadByOtherAfterMs !== undefined,
      'no row before': world.earlier === undefined,
      'old row': world.earlier !== undefined,
      'unread end lying around': world.earlier?.unread === true,
      'row lags': (ours.rowLagMs ?? 0) > 10_000,
      'row before the end': (ours.rowLagMs ?? 0) < 0,
      'row never comes': ours.rowLagMs === null,
      'report forbidden': set.reportStatus === 403,
      'report not found': set.reportStatus === 404,
      'several entries': world.twins.length > 0,
      'report hidden at first': world.veil !== undefined,
      'trigger answered late over an unread end':
        mode === 'trigger' &&
        world.earlier?.unread === true &&
        first?.answer === 'given' &&
        first.answerAfterMs > 5_000,
    });
  }
  if (mode === 'trigger') {
    Object.assign(kinds, {
      'trigger’s answer lost, accepted': first?.answer === 'lost' && first.accepted,
      'trigger lost': first?.answer === 'lost' && !first.accepted,
      'trigger answered late': first?.answer === 'given' && first.answerAfterMs > 10_000,
      'trigger refused': first?.answer === 'refused',
    });
  }
  Object.assign(kinds, {
    restart: isOf('restart'),
    'someone else scans too': isOf('scan'),
    'someone else reads at random': isOf('read'),
    outages: world.outages.length > 0,
    'slow answers': world.latenciesMs.some((ms) => ms > 5_000),
  });
  return Object.entries(kinds).flatMap(([kind, isMet]) => (isMet ? [kind] : []));
}
