import { CallError } from '../http/call-error.ts';
import { type Image, imageReference } from '../image/image.ts';
import { referenceFor } from '../image/reference-template.ts';
import type { Reference, ReferenceReading } from '../policy/waivers/reference.ts';
import type { Clock } from '../scan/clock.ts';
import type { ReportSnapshot } from '../scan/evidence.ts';
import type { ScanSource } from '../scan/wait.ts';

/** The dependencies for reading the report of a reference. */
interface ReferenceDependencies {
  readonly sourceOf: (image: Image) => ScanSource;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /**
   * Time limit for repeating a read, in milliseconds; the time in which the Console does not answer does not count.
   */
  readonly forMs: number;
  /** Time left for the step, in milliseconds. */
  readonly leftMs: () => number;
}

const PAUSE_MS = 5_000;

/**
 * Reads the reference images of `compare-with` from the report, without a scan. Images with the same reference share one
 * read.
 */
export class References {
  readonly #template: string | undefined;
  readonly #deps: ReferenceDependencies;
  readonly #readings = new Map<string, Promise<ReferenceReading>>();

  constructor(template: string | undefined, deps: ReferenceDependencies) {
    this.#template = template;
    this.#deps = deps;
  }

  /** The reference of an image, as read from the report; undefined without `compare-with`. */
  async of(image: Image): Promise<Reference | undefined> {
    if (this.#template === undefined) return undefined;
    const reference = referenceFor(this.#template, image);
    if ('wrong' in reference) throw new Error(`compare-with ${imageReference(image)}: ${reference.wrong}`);
    const name = imageReference(reference);
    const reading = this.#readings.get(name) ?? this.#read(reference);
    this.#readings.set(name, reading);
    return { name, image: reference, reading: await reading };
  }

  async #read(reference: Image): Promise<ReferenceReading> {
    const { sourceOf, clock, signal, forMs, leftMs } = this.#deps;
    const source = sourceOf(reference);
    let repeatForMs = forMs;
    for (;;) {
      const { reading, isFinal, isAnswered } = await readOnce(source, signal);
      if (isAnswered) repeatForMs -= PAUSE_MS;
      if (isFinal || repeatForMs < 0 || leftMs() <= PAUSE_MS) return reading;
      await clock.sleep(PAUSE_MS, signal);
    }
  }
}

interface ReferenceRead {
  readonly reading: ReferenceReading;
  /** False if another attempt may give a better result. */
  readonly isFinal: boolean;
  readonly isAnswered: boolean;
}

async function readOnce(source: ScanSource, signal: AbortSignal): Promise<ReferenceRead> {
  try {
    const result = await source.report('full', signal);
    if (result.ok) return { reading: readingOf(result.value), isFinal: true, isAnswered: true };
    const { kind, what } = result.failure;
    const isAnswered = kind === 'invalid-response';
    return { reading: { kind: 'unreadable', why: what }, isFinal: false, isAnswered };
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    return { reading: { kind: 'unreadable', why: error.what }, isFinal: true, isAnswered: true };
  }
}

function readingOf(snapshot: ReportSnapshot): ReferenceReading {
  switch (snapshot.kind) {
    case 'absent':
      return { kind: 'absent' };
    case 'unreadable':
      return { kind: 'unreadable', why: snapshot.why };
    case 'row':
      return { kind: 'rows', rows: snapshot.all ?? [snapshot.row] };
  }
}
