import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const HERE = join(import.meta.dirname, 'stand-ins');
const EXAMPLES = join(import.meta.dirname, '..', '..', 'examples');

/**
 * What speaks to GitHub's own services is stood in for: each writes down what it was given. They go by the very
 * commits that the examples pin, so that the examples run as they are.
 */
export const STAND_INS: readonly { readonly uses: string; readonly folder: string }[] = [
  { uses: pinned('github/codeql-action'), folder: join(HERE, 'codeql-action') },
  { uses: pinned('actions/attest'), folder: join(HERE, 'attest') },
];

function pinned(action: string): string {
  const texts = readdirSync(EXAMPLES).map((name) => readFileSync(join(EXAMPLES, name), 'utf8'));
  const found = new Set(
    texts.flatMap((text) =>
      [...text.matchAll(/uses: ([\w-]+\/[\w-]+)[\w/-]*(@[0-9a-f]{40}) # v/g)]
        .filter(([, name]) => name === action)
        .map(([, name, commit]) => `${name}${commit}`),
    ),
  );
  const [only, ...others] = found;
  if (only === undefined || others.length > 0)
    throw new Error(`The examples pin ${action} ${found.size} times`);
  return only;
}
