/** The version of the action and the command line; a test compares it with package.json. */
export const VERSION = '1.0.0';

/** The name of the program, for people. */
export const TITLE = 'Registry scan gate';

/** The repository of this project; `package.json` names the same. */
export const REPOSITORY = 'https://github.com/OWNER/registry-scan-gate';

/** The address of a page in the repository, for the running version. */
export function pageAddress(page: string): string {
  return `${REPOSITORY}/blob/v${VERSION}/${page}`;
}
