import { type Image, isDigest, type ScanBy } from '../scan/image.ts';
import { isRegistry, isRepository, isTag, namesRegistry, parseReferences } from '../scan/reference.ts';
import { InputError, type InputName, malformed, shown, type Text } from './input-text.ts';

/** What to wait for, and who starts it. There is at least one image. */
export type Task =
  | { readonly mode: 'trigger' | 'await'; readonly images: readonly Image[] }
  | { readonly mode: 'await-regular' };

const ONE_IMAGE = ['registry', 'repo', 'tag', 'digest'] as const satisfies readonly InputName[];

/** Inputs that mean nothing where no image is waited for. */
const OF_IMAGES = [
  ...ONE_IMAGE,
  'images',
  'max-scan-age',
  'severity-cutoff',
  'only-fixed',
  'fail-on-policy',
  'exceptions',
] as const satisfies readonly InputName[];

/** What to wait for: `mode`, and `images` or the inputs of a single one. */
export function readTask(text: Text): Task {
  const mode = text('mode');
  switch (mode) {
    case 'trigger':
    case 'await':
      return { mode, images: readImages(text) };
    case 'await-regular': {
      const extra = OF_IMAGES.find((name) => text(name) !== '' && text(name) !== 'false');
      if (extra === undefined) return { mode };
      throw new InputError(
        `Input ${extra} (${shown(text(extra))}) contradicts mode await-regular, which waits for whole registries ` +
          'and neither takes an image nor reads the report of one; leave it out, or use mode trigger or await.',
      );
    }
    default:
      throw malformed('mode', text, 'trigger, await or await-regular');
  }
}

function readImages(text: Text): readonly Image[] {
  const list = text('images');
  if (list === '') return [readImage(text)];
  const extra = ONE_IMAGE.find((name) => text(name) !== '');
  if (extra !== undefined) {
    throw new InputError(
      `Inputs images and ${extra} (${shown(text(extra))}) contradict each other; put the whole reference into images.`,
    );
  }
  const expected = 'one reference a line, [registry/]repo[:tag][@sha256:…]';
  const references = parseReferences(list);
  if ('wrong' in references) {
    throw new InputError(
      `Input images: the line ${shown(references.line)} ${references.wrong}; expected ${expected}.`,
    );
  }
  if (references.images.length === 0) {
    throw new InputError(`Input images has nothing but comments in it; expected ${expected}.`);
  }
  return references.images;
}

function readImage(text: Text): Image {
  const repository = text('repo');
  if (repository === '') {
    throw new InputError(
      'Input repo is empty; expected a repository such as library/alpine, or whole references in images.',
    );
  }
  if (!isRepository(repository)) {
    throw malformed('repo', text, 'a repository such as library/alpine, without registry, tag and digest');
  }
  const registry = text('registry');
  if (!isRegistry(registry)) {
    throw malformed(
      'registry',
      text,
      'a registry such as registry.example.com:5000, or nothing for Docker Hub',
    );
  }
  const [first = '', ...rest] = repository.split('/');
  if (registry === '' && rest.length > 0 && namesRegistry(first)) {
    throw malformed('repo', text, 'a repository without its registry, which goes into the input registry');
  }
  return {
    registry: registry === 'docker.io' ? '' : registry.replace(/\/+$/, ''),
    repository,
    ...readSelection(text),
  };
}

function readSelection(text: Text): Pick<Image, 'scanBy' | 'requiredDigest'> {
  const tag = text('tag');
  const digest = text('digest');
  if (tag === '' && digest === '')
    throw new InputError('Inputs tag and digest are both empty; give at least one.');
  if (tag !== '' && !isTag(tag)) {
    throw malformed('tag', text, 'a tag such as 3.16, without repository and digest');
  }
  if (digest === '') return { scanBy: { tag }, requiredDigest: undefined };
  if (!isDigest(digest)) throw malformed('digest', text, 'sha256: and 64 hex digits in lower case');
  const scanBy: ScanBy = tag === '' ? { digest } : { tag };
  return { scanBy, requiredDigest: digest };
}
