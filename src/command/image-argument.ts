import { shown } from '../config/input-reader.ts';

/** Words that belong to a switch, or are commands: as images they would be searched for on Docker Hub. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['true', 'true'],
  ['yes', 'true'],
  ['on', 'true'],
  ['1', 'true'],
  ['false', 'false'],
  ['no', 'false'],
  ['off', 'false'],
  ['0', 'false'],
]);

/** The mistake in an image among the arguments; undefined if there is none. `behind` is the switch before it. */
export function imageProblem(word: string, behind: string | undefined): string | undefined {
  const lower = word.toLowerCase();
  const value = WORDS.get(lower);
  if (value !== undefined) {
    return `${shown(word)} is not taken for an image. The value of a flag goes behind =, as in ${behind ?? '--FLAG'}=${value}.`;
  }
  if (lower === 'help' || lower === 'version') {
    return `${shown(word)} is not taken for an image. The command is registry-scan-gate ${lower}, with nothing before it.`;
  }
  if (word.trim() === '') {
    return 'An argument is empty; a variable probably has no value. Expected an image, [registry/]repo[:tag][@sha256:…].';
  }
  if (word.trim().startsWith('#')) {
    return `The argument ${shown(word)} is a comment; expected an image, [registry/]repo[:tag][@sha256:…].`;
  }
  if (/[\n\r]/.test(word)) {
    return `The argument ${shown(word)} has a line break in it. Give each image as an argument of its own.`;
  }
  return undefined;
}
