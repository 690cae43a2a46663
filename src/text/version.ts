/** The version of the action and the command line; a test compares it with package.json. */
export const VERSION = '1.0.0';

/** The name of the program, for people. */
export const TITLE = 'Registry scan gate';

/** The name of the program, for machines. */
export const TOOL = 'registry-scan-gate';

/** The scanner, whose findings are reported. */
export const SCANNER = { name: 'Prisma Cloud Compute', vendor: 'Palo Alto Networks' } as const;

/** The page of this project; `package.json` names the same. */
export const PROJECT_PAGE = 'https://github.com/OWNER/registry-scan-gate';

/** The address of a page in the repository, for the running version. */
export function pageAddress(page: string): string {
  return `${PROJECT_PAGE}/blob/v${VERSION}/${page}`;
}
