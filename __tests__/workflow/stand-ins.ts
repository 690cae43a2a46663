import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const HERE = join(import.meta.dirname, 'stand-ins');
const EXAMPLES = join(import.meta.dirname, '..', '..', 'examples');

/**
 * Actions that need Docker or a service of GitHub or AWS are stood in for: each does what can be done here, or records
 * what it was given. They go by the very commits that the examples pin, so that the examples run as they are.
 */
export const STAND_INS: readonly { readonly uses: string; readonly folder: string }[] = [
  standIn('github/codeql-action', 'codeql-action'),
  standIn('actions/attest', 'attest'),
  standIn('actions/upload-artifact', 'upload-artifact'),
  standIn('docker/login-action', 'login-action'),
  standIn('docker/build-push-action', 'build-push-action'),
  standIn('docker/setup-buildx-action', 'no-op'),
  standIn('sigstore/cosign-installer', 'no-op'),
  standIn('aws-actions/configure-aws-credentials', 'no-op'),
  standIn('aws-actions/amazon-ecr-login', 'amazon-ecr-login'),
];

function standIn(action: string, folder: string) {
  return { uses: pinned(action), folder: join(HERE, folder) };
}

function pinned(action: string): string {
  const texts = readdirSync(EXAMPLES)
    .filter((name) => name.endsWith('.yml'))
    .map((name) => readFileSync(join(EXAMPLES, name), 'utf8'));
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
