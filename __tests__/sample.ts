import { seededRandom } from '../bench/seeded-random.ts';

/** True if the large tests run all of their cases, as CI does; `npm test` takes a sample of them. */
export const FULL = process.env.FULL === '1';

/** Which sample is taken: the same one every time, or another one with `SAMPLE_SEED`. */
const SEED = Number(process.env.SAMPLE_SEED ?? 20_261_102);

/** About one of so many items, in their order, spread over all of them. */
export function sampleOf<Item>(items: readonly Item[], every: number): readonly Item[] {
  const random = seededRandom(SEED);
  return Array.from({ length: Math.ceil(items.length / every) }, (_none, group) =>
    items.slice(group * every, (group + 1) * every),
  ).flatMap((group) => group.slice(Math.floor(random() * group.length)).slice(0, 1));
}
