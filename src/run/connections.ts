import type { Config } from '../config/config.ts';
import { ConsoleApi, type ConsoleDependencies } from '../console/api.ts';
import type { RunHost } from '../host.ts';
import type { HttpTransport } from '../http/transport.ts';
import { runCredentialHelper } from '../registry/credential-helper.ts';
import { createCredentialFinder } from '../registry/docker-config.ts';
import { createRegistry, type ImageRegistry } from '../registry/registry.ts';
import { ActiveScans } from '../scan/clock.ts';
import type { Deadline } from '../scan/deadline.ts';
import { References } from './references.ts';

/** The clients of a run, and the parts that all calls share. */
export interface Connections {
  readonly activeScans: ActiveScans;
  /** The dependencies of every client of the Console. */
  readonly shared: ConsoleDependencies;
  readonly api: ConsoleApi;
  readonly registry: ImageRegistry;
  readonly references: References;
}

/** A registry behind a firewall that drops packets must not use up the time of the wait. */
const MAX_REGISTRY_REQUEST_MS = 10_000;

/** The clients of Console and registry, under one deadline and one signal. */
export function connect(host: RunHost, config: Config, deadline: Deadline): Connections {
  const { clock, random, signal, redactor, log } = host;
  const transport: HttpTransport = host.connect(config.tls);
  const activeScans = new ActiveScans();
  const shared: ConsoleDependencies = {
    transport,
    clock,
    deadline,
    activeScans,
    random,
    signal,
    redact: (text: string) => redactor.redact(text),
    addSecret: (secret: string) => redactor.add(secret),
    debug: log.debug,
  };
  const registryLimit = {
    requestMs: () => Math.min(deadline.requestMs(), MAX_REGISTRY_REQUEST_MS),
    leftMs: () => deadline.leftMs(),
  };
  const api = new ConsoleApi(config.address, config.credentials, shared);
  return {
    activeScans,
    shared,
    api,
    references: new References(config.policy.compareWith, {
      sourceOf: (image) => api.scanOf(image, () => []),
      clock,
      signal,
      forMs: config.limits.reportTimeoutMs,
      leftMs: () => deadline.leftMs(),
    }),
    registry: createRegistry({
      ...shared,
      // `insecure-skip-tls-verify` applies to the Console only: a registry receives Docker's credentials.
      transport: config.tls.verify ? transport : host.connect({ ...config.tls, verify: true }),
      limit: registryLimit,
      findCredential: createCredentialFinder({
        environment: host.environment,
        readFile: host.files.read,
        runHelper: (name, server) =>
          runCredentialHelper(name, server, host.environment, {
            signal,
            limitMs: registryLimit.requestMs(),
            killGroup: host.killGroup,
          }),
        addSecret: shared.addSecret,
        signal,
      }),
    }),
  };
}
