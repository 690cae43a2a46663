/**
 * Stands in for undici, to which `@actions/http-client` holds on for `getAgentDispatcher`, its way through a proxy for
 * those who call `fetch`. We never do: our requests go through `getAgent`, which needs nothing of undici.
 */
export class ProxyAgent {
  constructor() {
    throw new Error('undici is not in this bundle, see stand-ins/README.md: use getAgent.');
  }
}
