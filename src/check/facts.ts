import type { InputReading } from '../config/parse.ts';
import { proxyInUse } from '../config/proxy.ts';
import { ConsoleApi, type ConsoleDependencies } from '../console/api.ts';
import type { Environment } from '../host.ts';
import type { ReadCertificate } from '../http/certificate.ts';
import { logInOf, type ReportAccess, tellsLogIn } from './access.ts';
import { type Answer, ask } from './answer.ts';
import type { CertificateReading } from './connection.ts';
import {
  accessQuestion,
  defendersQuestion,
  progressQuestion,
  type Question,
  scanErrorsQuestion,
  settingsQuestion,
  versionQuestion,
} from './console-questions.ts';
import type { SettingsEntry } from './registry-settings.ts';
import { OWN_VERSION, type Pings, ping, type Route, routeOf } from './route.ts';

export interface FactDependencies extends ConsoleDependencies {
  readonly environment: Environment;
  readonly readCertificate: ReadCertificate;
  /** The runner's wall clock. */
  readonly now: () => Date;
}

/** What is asked once, for all checks, each as soon as what it needs is there. */
export interface Facts {
  /** Undefined where the address cannot be used. */
  readonly pings: Promise<Pings | undefined>;
  readonly route: Promise<Route>;
  readonly certificate: Promise<CertificateReading>;
  readonly version: Promise<Answer<string>>;
  readonly report: Promise<Answer<ReportAccess>>;
  readonly progress: Promise<Answer<unknown>>;
  readonly settings: Promise<Answer<readonly SettingsEntry[]>>;
  readonly defenders: Promise<Answer<readonly string[]>>;
  readonly scanErrors: Promise<Answer<readonly string[]>>;
  readonly logIn: Promise<Answer<unknown>>;
  /** Asks another question over the same log-in. */
  readonly ask: Ask;
}

export type Ask = <T>(question: Question<T>) => Promise<Answer<T>>;

/** Begins all questions that need no other check. None is asked twice, and none is repeated. */
export function gatherFacts({ config, faulty }: InputReading, deps: FactDependencies): Facts {
  const isReachable = !faulty.has('address') && !faulty.has('proxy') && !faulty.has('tls');
  const pings = handled(isReachable ? pingBoth(config.address, deps) : Promise.resolve(undefined));
  const route = handled(
    pings.then((seen) => (seen === undefined ? CLOSED : routeOf(seen, config.address.apiVersion))),
  );
  const askOver = asker(route, { config, faulty }, deps);
  const version = askOver(versionQuestion());
  const report = askOver(accessQuestion(deps.redact));
  const progress = askOver(progressQuestion(deps.redact));
  const settings = askOver(settingsQuestion());
  const defenders = askOver(defendersQuestion());
  const scanErrors = askOver(scanErrorsQuestion());
  const answers: readonly Promise<Answer<unknown>>[] = [
    version,
    report,
    progress,
    settings,
    defenders,
    scanErrors,
  ];
  return {
    pings,
    route,
    certificate: handled(certificateOf(isReachable, config, deps)),
    version,
    report,
    progress,
    settings,
    defenders,
    scanErrors,
    logIn: handled(logInFrom(answers)),
    ask: askOver,
  };
}

/** What became of the log-in, as soon as one answer tells: one call that stalls must not hold back the others' checks. */
function logInFrom(answers: readonly Promise<Answer<unknown>>[]): Promise<Answer<unknown>> {
  return new Promise((resolve, reject) => {
    for (const answer of answers) {
      answer.then((given) => {
        if (tellsLogIn(given)) resolve(logInOf([given]));
      }, reject);
    }
    Promise.all(answers).then((all) => resolve(logInOf(all)), reject);
  });
}

const CLOSED: Route = { kind: 'closed' };

async function pingBoth(address: InputReading['config']['address'], deps: FactDependencies): Promise<Pings> {
  const common = {
    transport: deps.transport,
    redact: deps.redact,
    signal: deps.signal,
    limitMs: deps.deadline.requestMs(),
    now: () => deps.now().getTime(),
  };
  const [given, own] = await Promise.all([
    ping(address, address.apiVersion, common),
    ping(address, OWN_VERSION, common),
  ]);
  return { given, own };
}

/** One client for all questions, so that they share one log-in. */
function asker(
  route: Promise<Route>,
  { config, faulty }: Pick<InputReading, 'config' | 'faulty'>,
  deps: FactDependencies,
): Ask {
  const api = handled(
    route.then((open) =>
      open.kind === 'closed'
        ? undefined
        : new ConsoleApi({ ...config.address, apiVersion: open.apiVersion }, config.credentials, deps),
    ),
  );
  return <T>({ request, decode }: Question<T>) =>
    handled(
      api.then(async (client): Promise<Answer<T>> => {
        if (client === undefined) return { kind: 'not-asked', why: 'the Console cannot be reached' };
        if (faulty.has('credentials'))
          return { kind: 'not-asked', why: 'there is nothing to log in with; see inputs' };
        return ask(client, request, decode);
      }),
    );
}

async function certificateOf(
  isReachable: boolean,
  { address, tls }: InputReading['config'],
  deps: FactDependencies,
): Promise<CertificateReading> {
  if (!isReachable) return { kind: 'unread', why: 'not-asked' };
  const url = new URL(address.base);
  if (url.protocol !== 'https:') return { kind: 'unread', why: 'no-tls' };
  if (proxyInUse(deps.environment, address.base) !== undefined) return { kind: 'unread', why: 'proxy' };
  const over = new AbortController();
  const limit = deps.clock.sleep(deps.deadline.requestMs(), over.signal);
  const aborted = new AbortController();
  const late = limit.then(() => aborted.abort());
  const certificate = await deps.readCertificate(url, tls, AbortSignal.any([deps.signal, aborted.signal]));
  over.abort();
  await late;
  return certificate === undefined ? { kind: 'unread', why: 'no-answer' } : { kind: 'read', certificate };
}

/** A promise whose rejection is not lost when its reader comes later. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
