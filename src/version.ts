/** The version of the action and the command line; a test holds package.json to it. */
export const VERSION = '1.0.0';
