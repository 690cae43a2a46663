/**
 * Stands in for `@actions/exec`, with which `@actions/core` asks the operating system for its name in
 * `platform.getDetails`. We never do: this action starts no process at all.
 */
export async function getExecOutput() {
  throw new Error(
    '@actions/exec is not in this bundle, see stand-ins/README.md: nothing here starts a process.',
  );
}
