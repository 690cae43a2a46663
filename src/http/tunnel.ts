import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { codeOf, TransportError } from './transport-error.ts';

/**
 * The agent that GitHub's HTTP client uses with a proxy. It requests a tunnel from the proxy in a separate request.
 */
interface TunnelAgent {
  request: (options: RequestOptions) => ClientRequest;
}

/** Receives the reason why the proxy opened no tunnel for a request. */
export type OnTunnelFailure = (failure: TransportError) => void;

/**
 * Reports each refused tunnel of an agent to the function that `current` returns when the tunnel is requested. The
 * library's own error has the code of a lost connection, whatever the proxy answered. An agent without a proxy is not
 * changed.
 */
export function watchTunnels(agent: object, current: () => OnTunnelFailure | undefined): void {
  if (!isTunnelAgent(agent)) return;
  const { request } = agent;
  agent.request = (options) => {
    const connecting = request(options);
    const report = current();
    if (report === undefined) return connecting;
    connecting.once('connect', ({ statusCode = 0 }: IncomingMessage) => {
      if (statusCode !== 200) report(refusedTunnel(statusCode));
    });
    connecting.once('error', (error) => report(failedTunnel(error)));
    return connecting;
  };
}

function isTunnelAgent(agent: object): agent is TunnelAgent {
  return 'request' in agent && typeof agent.request === 'function';
}

function refusedTunnel(status: number): TransportError {
  return new TransportError(
    'proxy',
    String(status),
    `the proxy answered ${status} instead of opening a tunnel`,
  );
}

function failedTunnel(error: Error): TransportError {
  const code = codeOf(error);
  const why = error.message === '' ? (code ?? 'connection failed') : error.message;
  return new TransportError('proxy', code, `the proxy cannot be reached: ${why}`, { cause: error });
}
