import { readDecisionFile } from '../../../src/config/decision-files/decision-file.ts';
import { FileMistake } from '../../../src/config/decision-files/file-mistake.ts';
import type { Exception } from '../../../src/policy/waivers/exception.ts';

/** Our own list of exceptions in a text, or what is wrong with it. */
export function parseExceptions(
  text: string,
): { readonly exceptions: readonly Exception[] } | { readonly wrong: string } {
  try {
    const file = readDecisionFile(text, () => undefined);
    return file.format === 'exceptions' ? { exceptions: file.exceptions } : { wrong: file.format };
  } catch (error) {
    if (error instanceof FileMistake) return { wrong: error.message };
    throw error;
  }
}
