/**
 * Replaces `@actions/exec` in the bundles. `@actions/core` imports it for `platform.getDetails`; nothing here calls
 * that function, and no process is started.
 */
export async function getExecOutput() {
  throw new Error(
    '@actions/exec is not part of this bundle: stubs/actions-exec.js replaces it. Do not call platform.getDetails.',
  );
}
