/**
 * Replaces undici in the bundles. `@actions/http-client` imports it for `getAgentDispatcher`, which serves callers
 * of `fetch`; requests here use `getAgent`.
 */
export class ProxyAgent {
  constructor() {
    throw new Error(
      'undici is not part of this bundle: stubs/undici.js replaces it. Use HttpClient.getAgent.',
    );
  }
}
