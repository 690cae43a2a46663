import type { ImageSetup } from './setups.ts';

/** The result of the step for one image, beside the truth. */
export interface ImageResult {
  readonly image: ImageSetup;
  readonly verdict: string;
  readonly reason: string;
  /** True if a pass was correct at the time of the verdict. */
  readonly mayPass: boolean;
}

/**
 * The results of each image in the outputs; for a regular scan, which has no image, that of the step. A missing
 * result is not a verdict.
 */
export function resultsIn(
  outputs: ReadonlyMap<string, string>,
  isRegular: boolean,
  images: readonly ImageSetup[],
  mayPass: (image: ImageSetup) => boolean,
): readonly ImageResult[] {
  const said: unknown = isRegular
    ? [Object.fromEntries(outputs)]
    : JSON.parse(outputs.get('results') ?? '[]');
  const results: readonly unknown[] = Array.isArray(said) ? said : [];
  return images.map((image, place) => ({
    image,
    verdict: wordIn(results[place], 'verdict'),
    reason: wordIn(results[place], 'reason'),
    mayPass: mayPass(image),
  }));
}

const WORST_FIRST = ['none', 'error', 'cancelled', 'timed-out', 'failed', 'passed'];

/** The one whose verdict has to be the step's: the first of the worst. */
export function worstOf(images: readonly ImageResult[]): ImageResult | undefined {
  return images.toSorted((one, other) => rank(one) - rank(other))[0];
}

function rank({ verdict }: ImageResult): number {
  return WORST_FIRST.indexOf(verdict);
}

function wordIn(result: unknown, name: 'verdict' | 'reason'): string {
  const word =
    typeof result === 'object' && result !== null && Object.entries(result).find(([key]) => key === name);
  return word && typeof word[1] === 'string' ? word[1] : 'none';
}
