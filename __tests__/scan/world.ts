import {
  buildEarlierScan,
  buildImage,
  buildRegistry,
  buildScan,
  buildScenario,
  digestOf,
  type EarlierScan,
  type ImageSpec,
  type Outcome,
  type RegistrySpec,
  type ScanSpec,
  type Scenario,
  type ScenarioEvent,
  type Settings,
} from 'compute-console-emulator';
import fc from 'fast-check';
import type { Digest } from '../../src/image/image.ts';
import type { PollInterval } from '../../src/scan/limits.ts';

/** A Console, what happens to it, the way to it, and a step that waits: all of it as plain data. */
export interface World {
  readonly mode: 'trigger' | 'await' | 'await-regular';
  readonly timeoutMs: number;
  readonly startTimeoutMs: number;
  readonly reportTimeoutMs: number;
  readonly maxScanAgeMs: number | undefined;
  /** True if the pushed digest is requested. */
  readonly hasDigest: boolean;
  readonly needsFindings: boolean;
  readonly interval: PollInterval;
  readonly active: Active;
  /** The registry of the image; empty for Docker Hub. */
  readonly registry: string;
  readonly scan: Scan;
  /** The earlier scans, oldest first; the last one left the existing row, and perhaps an unread end. */
  readonly earlier: readonly Earlier[];
  /** The scans of the same `repo:tag` in other registries. */
  readonly twins: readonly Scan[];
  /** An image of another tag whose row lists ours among its tags. */
  readonly sibling: Scan | undefined;
  /** When another job starts the scan that is awaited; before 0 it was there first. */
  readonly startedAtMs: number;
  readonly registries: readonly Registry[];
  readonly events: readonly Happening[];
  readonly settings: Pick<Settings, SettingInPlay>;
  /** The result of each trigger in turn; the last one repeats. */
  readonly triggers: readonly Triggering[];
  readonly latenciesMs: readonly number[];
  readonly outages: readonly Outage[];
  readonly rolls: readonly number[];
}

/** How many other scans the step waits for, and when the last of them is over. */
interface Active {
  readonly size: number;
  readonly untilMs: number;
}

type Scan = Pick<
  ScanSpec,
  'registerDelayMs' | 'discoveryMs' | 'scanMs' | 'closingMs' | 'outcome' | 'shownInProgress'
> & {
  readonly rowLagMs: number | null;
  readonly endReadByOtherAfterMs: number | undefined;
  /** `pushed`: the digest asked for; `moved`: the tag names another one by then. */
  readonly digest: 'pushed' | 'moved';
  /** How many images there are, and how many of them are scanned at the end. */
  readonly counts: readonly [scanned: number, images: number];
  /** True if a failed scan leaves a text in its row, or a code alone. */
  readonly errorAs: 'text' | 'code';
};

type Earlier = Pick<EarlierScan, 'agoMs' | 'unread' | 'err'> & { readonly digest: Scan['digest'] };

type Registry = Pick<RegistrySpec, 'discoveryMs' | 'scanMs' | 'closingMs' | 'outcome'>;

type Happening =
  | { readonly kind: 'restart'; readonly atMs: number }
  | { readonly kind: 'read'; readonly atMs: number }
  | { readonly kind: 'stop-regular'; readonly atMs: number }
  | { readonly kind: 'clock'; readonly atMs: number; readonly byMs: number }
  /** Another job scans the image, or that of another registry or tag. */
  | {
      readonly kind: 'scan';
      readonly atMs: number;
      readonly of: 'ours' | 'twin' | 'sibling';
      readonly scan: Scan;
    };

type SettingInPlay =
  | 'reportStatus'
  | 'dateHeader'
  | 'cacheAgeSeconds'
  | 'reportNullReads'
  | 'reportNullMs'
  | 'reportReplicaLagsMs'
  | 'defenderSkewMs'
  | 'nameMatchesTags'
  | 'registryMatch'
  | 'triggerBody'
  | 'totalCountHeader'
  | 'scanTimeIs'
  | 'endReadBy'
  | 'endConsumed'
  | 'unreadEndMs'
  | 'unreadEndAfterTrigger'
  | 'parallelScansShown'
  | 'parallelRegistries'
  | 'regularBatchGapMs'
  | 'regularEnd'
  | 'failedScanWritesRow'
  | 'rateLimit'
  | 'rateLimitRetryAfter';

export interface Triggering {
  /** `refused`: the Console says no, finally. */
  readonly answer: 'given' | 'lost' | 'refused';
  readonly accepted: boolean;
  readonly answerAfterMs: number;
}

export interface Outage {
  readonly fromMs: number;
  readonly toMs: number;
  readonly of: 'progress' | 'report' | 'everything';
  /**
   * `unheard`: the Console never got the request. `lost`: it did, and its response never came. `refused`: an ingress
   * answers instead.
   */
  readonly how: 'unheard' | 'lost' | 'stalled' | 'refused';
  readonly status: 403 | 404 | 400;
  /** The answer in place of the response. */
  readonly instead: 'nothing' | 'error-page' | 'unavailable';
  readonly retryAfterSeconds: number | undefined;
}

export const REPOSITORY = 'library/alpine';
export const TAG = '3.16';
const SIBLING_TAG = 'latest';
export const PUSHED: Digest = `sha256:${'d'.repeat(64)}`;
const MOVED = digestOf('moved');
const REGISTRIES = ['', 'registry.example.com', 'https://quay.example.com'];
const ERROR = 'no such manifest';

/** The Console of a world. */
export function scenarioOf(world: World): Scenario {
  const { scan, twins, sibling, registries, settings, mode, registry, earlier } = world;
  const given = { repo: REPOSITORY, tag: TAG, digest: PUSHED };
  const [last, ...before] = earlier.toReversed().map((each) => earlierScan(each, world));
  const others = REGISTRIES.filter((each) => each !== registry);
  const images: ImageSpec[] = [
    buildImage({
      ...given,
      registry,
      scans: [scanSpec(scan)],
      ...(last === undefined
        ? {}
        : { earlier: last, history: before.map((each) => ({ ...each, unread: false })) }),
    }),
    ...twins.map((twin, at) => buildImage({ ...given, registry: others[at] ?? '', scans: [scanSpec(twin)] })),
    ...(sibling === undefined
      ? []
      : [
          buildImage({ ...given, registry, tag: SIBLING_TAG, alsoTagged: [TAG], scans: [scanSpec(sibling)] }),
        ]),
  ];
  return buildScenario({
    images,
    registries: mode === 'await-regular' ? registriesOf(registries) : [],
    events: eventsOf(world, others[0] ?? ''),
    settings: { ...settings, emptyRegistryTriggers: 'every-registry' },
  });
}

/** The scan of the existing row precedes all events. */
function earlierScan({ digest, ...given }: Earlier, { events, startedAtMs, mode }: World): EarlierScan {
  const firstMs = Math.min(0, mode === 'await' ? startedAtMs : 0, ...events.map(({ atMs }) => atMs));
  return buildEarlierScan({
    ...given,
    agoMs: given.agoMs - firstMs,
    digest: digest === 'pushed' ? PUSHED : MOVED,
  });
}

function registriesOf(registries: World['registries']): RegistrySpec[] {
  return registries.map((each, at) =>
    buildRegistry({ ...each, registry: `registry-${at}.example.com`, errorText: ERROR }),
  );
}

function scanSpec({ endReadByOtherAfterMs, digest, counts, errorAs, ...scan }: Scan): ScanSpec {
  const [scanned, images] = counts;
  const isCodeAlone = errorAs === 'code' && scan.outcome === 'report-error';
  return buildScan({
    ...scan,
    images,
    ...(scanned < images ? { scanned } : {}),
    errorText: isCodeAlone ? '' : ERROR,
    ...(scan.outcome === 'report-error' ? { errCode: 7 } : {}),
    ...(digest === 'moved' ? { digest: MOVED } : {}),
    ...(endReadByOtherAfterMs === undefined ? {} : { endReadByOtherAfterMs }),
  });
}

function eventsOf(
  { mode, events, startedAtMs, registry, twins, sibling }: World,
  twin: string,
): ScenarioEvent[] {
  const image = { registry, repo: REPOSITORY, tag: TAG };
  const isRegular = mode === 'await-regular';
  const happening = events.flatMap((event): ScenarioEvent[] => {
    const { kind, atMs } = event;
    if (kind === 'clock' || kind === 'restart' || kind === 'stop-regular') return [event];
    if (isRegular) return [{ kind: kind === 'scan' ? 'regular-scan' : 'read-regular', atMs }];
    if (event.kind === 'read') return [{ kind: 'read', atMs, image }];
    const scanned = {
      ours: image,
      twin: twins.length > 0 ? { ...image, registry: twin } : undefined,
      sibling: sibling && { ...image, tag: SIBLING_TAG },
    }[event.of];
    return scanned === undefined ? [] : [{ kind: 'scan', atMs, image: scanned, scan: scanSpec(event.scan) }];
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
  digest: seldom<'pushed', 'moved'>('pushed', fc.constant('moved'), 6),
  counts: seldom<readonly [number, number], readonly [number, number]>(
    [1, 1],
    fc.constantFrom<(readonly [number, number])[]>([0, 1], [0, 0], [1, 2]),
    9,
  ),
  errorAs: fc.constantFrom<Scan['errorAs'][]>('text', 'code'),
});

const earlierOne: fc.Arbitrary<Earlier> = fc.record({
  agoMs: fc.oneof(
    fc.integer({ min: 1, max: 5_000 }),
    fc.integer({ min: 1, max: 600_000 }),
    fc.integer({ min: 1, max: 86_400_000 }),
  ),
  unread: seldom(false, fc.constant(true), 2),
  err: seldom('', fc.constant('an earlier failure')),
  digest: fc.constantFrom<Scan['digest'][]>('pushed', 'moved'),
});

const earlier: fc.Arbitrary<readonly Earlier[]> = fc
  .array(earlierOne, { maxLength: 3 })
  .map((each) => each.toSorted((one, other) => other.agoMs - one.agoMs));

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

const anyTime = fc.oneof(fc.integer({ min: -100_000, max: 0 }), upTo(900_000));

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    arbitrary: fc.oneof(
      fc.record({ kind: fc.constant('restart' as const), atMs: anyTime }),
      fc.record({ kind: fc.constant('read' as const), atMs: anyTime }),
      fc.record({ kind: fc.constant('stop-regular' as const), atMs: anyTime }),
    ),
    weight: 3,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant<'clock'>('clock'),
      atMs: anyTime,
      byMs: fc.oneof(fc.integer({ min: -40_000, max: 40_000 }), fc.integer({ min: -900_000, max: 900_000 })),
    }),
    weight: 1,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant<'scan'>('scan'),
      atMs: anyTime,
      of: fc.constantFrom<('ours' | 'twin' | 'sibling')[]>('ours', 'ours', 'twin', 'sibling'),
      scan,
    }),
    weight: 3,
  },
);

const settings: fc.Arbitrary<World['settings']> = fc.record({
  reportStatus: seldom<200, 403 | 404>(200, fc.constantFrom<(403 | 404)[]>(403, 404), 5),
  dateHeader: seldom(true, fc.constant(false), 4),
  cacheAgeSeconds: seldom(0, fc.integer({ min: 1, max: 20 }), 9),
  reportNullReads: seldom(0, fc.integer({ min: 1, max: 4 }), 9),
  reportNullMs: seldom(0, upTo(60_000), 9),
  reportReplicaLagsMs: seldom(
    [],
    fc.array(seldom(0, fc.oneof(upTo(60_000), upTo(86_400_000)), 1), { minLength: 2, maxLength: 3 }),
    7,
  ),
  defenderSkewMs: seldom(0, fc.integer({ min: -280_000, max: 280_000 }), 9),
  nameMatchesTags: fc.boolean(),
  registryMatch: fc.constantFrom<Settings['registryMatch'][]>('without-scheme', 'ignored'),
  triggerBody: fc.constantFrom('', '{"status":"queued"}', 'OK'),
  totalCountHeader: fc.boolean(),
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
  regularBatchGapMs: fc.option(fc.integer({ min: 0, max: 9_000 }), { nil: null }),
  regularEnd: seldom<'shown-once', 'never-shown'>('shown-once', fc.constant('never-shown'), 5),
  failedScanWritesRow: fc.boolean(),
  rateLimit: seldom(null, fc.constant({ requests: 30, windowMs: 30_000 }), 1),
  rateLimitRetryAfter: fc.boolean(),
});

const triggering: fc.Arbitrary<Triggering> = fc.oneof(
  {
    arbitrary: fc.record({
      answer: fc.constant<'given'>('given'),
      accepted: fc.constant(true),
      answerAfterMs: seldom(200, upTo(200_000)),
    }),
    weight: 12,
  },
  {
    arbitrary: fc.record({
      answer: fc.constant<'lost'>('lost'),
      accepted: fc.boolean(),
      answerAfterMs: upTo(200_000),
    }),
    weight: 6,
  },
  {
    arbitrary: fc.record({
      answer: fc.constant<'refused'>('refused'),
      accepted: fc.constant(false),
      answerAfterMs: upTo(20_000),
    }),
    weight: 1,
  },
);

const outage: fc.Arbitrary<Outage> = fc
  .record({
    fromMs: upTo(600_000),
    lastsMs: fc.oneof(fc.integer({ min: 1, max: 5_000 }), upTo(200_000)),
    of: fc.constantFrom<Outage['of'][]>('progress', 'report', 'everything'),
    how: fc.constantFrom<Outage['how'][]>('unheard', 'lost', 'stalled', 'refused', 'refused'),
    status: fc.constantFrom<Outage['status'][]>(403, 404, 400),
    instead: fc.constantFrom<Outage['instead'][]>('nothing', 'error-page', 'unavailable'),
    retryAfterSeconds: seldom(undefined, fc.integer({ min: 0, max: 60 })),
  })
  .map(({ lastsMs, ...given }) => ({ ...given, toMs: given.fromMs + lastsMs }));

const ALONE: Active = { size: 1, untilMs: 0 };

const active: fc.Arbitrary<Active> = fc.oneof(
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
    maxScanAgeMs: mode === 'await-regular' ? fc.constant(undefined) : seldom(undefined, upTo(86_400_000), 4),
    hasDigest: mode === 'await-regular' ? fc.constant(false) : fc.boolean(),
    needsFindings: fc.boolean(),
    interval: fc.oneof(
      { arbitrary: fc.constant<PollInterval>('auto'), weight: 3 },
      { arbitrary: fc.record({ everyMs: fc.integer({ min: 1_000, max: 60_000 }) }), weight: 1 },
    ),
    // The registries are waited for alone.
    active: mode === 'await-regular' ? fc.constant(ALONE) : active,
    registry: fc.constantFrom(...REGISTRIES),
    scan,
    earlier,
    twins: seldom([], fc.array(scan, { minLength: 1, maxLength: 2 }), 6),
    sibling: seldom(undefined, scan, 6),
    startedAtMs: fc.oneof(fc.integer({ min: -200_000, max: 0 }), upTo(200_000)),
    registries: fc.array(registry, { minLength: 1, maxLength: 6 }),
    events: seldom([], fc.array(happening, { minLength: 1, maxLength: 3 }), 2),
    settings,
    triggers: fc.array(triggering, { minLength: 1, maxLength: 3 }),
    latenciesMs: fc.array(seldom(50, upTo(20_000), 12), { minLength: 1, maxLength: 7 }),
    outages: seldom([], fc.array(outage, { minLength: 1, maxLength: 3 }), 2),
    rolls: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 5 }),
  });
}

/** Any world. */
export const worlds: fc.Arbitrary<World> = fc.oneof(
  { arbitrary: worldsOf('trigger'), weight: 5 },
  { arbitrary: worldsOf('await'), weight: 3 },
  { arbitrary: worldsOf('await-regular'), weight: 1 },
);

/** How many scans the step waits for at a moment, this one included. */
export function activeAt({ active: { size, untilMs } }: World, atMs: number): number {
  return atMs < untilMs ? size : 1;
}
