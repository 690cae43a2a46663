/** The version of the action and the command line; a test holds package.json to it. */
export const VERSION = '1.0.0';

/** The repository that this is of; `package.json` names the same. */
export const REPOSITORY = 'https://github.com/OWNER/registry-scan-gate';

/** The address of a page of the version that runs, in the repository that `package.json` names. */
export function pageAddress(page: string): string {
  return `${REPOSITORY}/blob/v${VERSION}/${page}`;
}
