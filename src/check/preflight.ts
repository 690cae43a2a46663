import type { InputPart, InputReading } from '../config/parse.ts';
import { proxyInUse } from '../config/proxy.ts';
import type { Environment } from '../host.ts';
import type { Image } from '../image/image.ts';
import type { Check } from '../policy/result.ts';
import type { ImageRegistry } from '../registry/registry.ts';
import type { Clock } from '../scan/clock.ts';
import { Deadline } from '../scan/deadline.ts';
import { formatDuration } from '../scan/duration.ts';
import {
  checkApiVersion,
  checkClock,
  checkDefender,
  checkLogIn,
  checkProgress,
  checkReport,
  checkStart,
} from './access.ts';
import { afterLogIn, isLogInError, withoutAnswer } from './answer.ts';
import { type CheckResult, cannotTell, combine } from './check-result.ts';
import { checkAddress, checkCertificate, checkProxyUse } from './connection.ts';
import { checkDigest } from './digest-check.ts';
import { type FactDependencies, type Facts, gatherFacts } from './facts.ts';
import { checkImage, checkScope, checkSpelling, type ImageKnowledge, subjectOf } from './image-checks.ts';
import { type ImageFacts, readImageFacts } from './image-facts.ts';
import { checkExceptions, checkGates, checkInputs } from './policy-checks.ts';
import { isAbsent } from './route.ts';

/** All checks have to be over within this; ten seconds are promised. */
const MAX_PREFLIGHT_MS = 9_000;
/** A Console that stalls one call must leave time for those after it. */
const MAX_CALL_MS = 4_000;
/** Of a shorter `timeout`, this share is used. */
const SHARE_OF_TIMEOUT = 0.9;

/** The deadline of a preflight. No call is repeated, so each gets a larger share than in a wait. */
export class PreflightDeadline extends Deadline {
  constructor(clock: Clock, { config, faulty }: InputReading, startedAtMs: number) {
    // A wrong timeout is reported, and not one that the checks should be held to.
    const shareMs = faulty.has('limits') ? MAX_PREFLIGHT_MS : config.limits.timeoutMs * SHARE_OF_TIMEOUT;
    super(clock, Math.min(shareMs, MAX_PREFLIGHT_MS), 1, startedAtMs);
  }

  override requestMs(): number {
    return Math.min(MAX_CALL_MS, this.leftMs());
  }
}

export interface PreflightDependencies extends FactDependencies {
  readonly registry: ImageRegistry;
}

/**
 * Runs all checks, those that do not depend on each other at the same time, and gives them in the contract's order. Only
 * reading calls are made; what is not over at the deadline cannot be told. Rejects with the reason of the step's signal.
 */
export async function runChecks(
  inputs: InputReading,
  deps: PreflightDependencies,
): Promise<readonly Check[]> {
  const { clock, deadline, signal, redact } = deps;
  const over = new AbortController();
  const end = clock.sleep(deadline.leftMs(), AbortSignal.any([signal, over.signal]));
  const late = end.then(() => lateResult(deadline));
  try {
    const checks = checksOf(inputs, gatherFacts(inputs, deps), deps);
    const results = checks.map(async ([check, result]) => ({
      check,
      ...(await Promise.race([result, late])),
    }));
    const all = await Promise.all(results);
    signal.throwIfAborted();
    return all.map((each) => ({ ...each, message: redact(each.message), fix: redact(each.fix) }));
  } finally {
    over.abort();
  }
}

function lateResult({ startedAtMs, endsAtMs }: Deadline): CheckResult {
  const seconds = Math.ceil((endsAtMs - startedAtMs) / 1_000);
  return cannotTell(`No answer within ${formatDuration(seconds * 1_000)}.`);
}

type NamedCheck = readonly [name: string, result: Promise<CheckResult>];

/** The checks in the contract's order. */
function checksOf(inputs: InputReading, facts: Facts, deps: PreflightDependencies): readonly NamedCheck[] {
  const { config, problems, faulty } = inputs;
  const areGatesKnown = !faulty.has('policy') && !faulty.has('names');
  const today = deps.now().toISOString().slice(0, 10);
  return [
    ['inputs', Promise.resolve(checkInputs(problems, config.warnings))],
    ...connectionChecks(inputs, facts, deps),
    ...accessChecks(inputs, facts),
    ...imageChecks(inputs, facts, deps),
    ['defender', defenderCheck(facts)],
    ['clock', clockCheck(facts)],
    ['digest', digestCheck(inputs, deps)],
    ['gates', Promise.resolve(checkGates(config.policy, areGatesKnown))],
    ['exceptions', Promise.resolve(checkExceptions(config.policy, areGatesKnown, today))],
  ];
}

function connectionChecks(
  { config, faulty }: InputReading,
  { pings, logIn, certificate }: Facts,
  { environment, now }: PreflightDependencies,
): readonly NamedCheck[] {
  const { address, tls } = config;
  const isProxyKnown = !faulty.has('address') && !faulty.has('proxy');
  const proxy = isProxyKnown ? proxyInUse(environment, address.base) : undefined;
  const ofAddress = async () => {
    const seen = await pings;
    if (seen === undefined) {
      return cannotTell('Not asked: console-url, a proxy variable or ca-cert cannot be used; see inputs.');
    }
    const isSilent = isAbsent(seen.given) && isAbsent(seen.own);
    return checkAddress(address, seen, isSilent ? await logIn : undefined, proxy);
  };
  const ofCertificate = async () =>
    checkCertificate(await certificate, await pings, tls.verify, now().getTime());
  const ofProxy = async () =>
    isProxyKnown
      ? checkProxyUse(proxy, namesProxy(environment), await pings)
      : cannotTell('Not known: console-url or a proxy variable cannot be used; see inputs.');
  return [
    ['address', ofAddress()],
    ['certificate', ofCertificate()],
    ['proxy', ofProxy()],
  ];
}

function namesProxy(environment: Environment): boolean {
  return (environment.https_proxy ?? environment.HTTPS_PROXY ?? '') !== '';
}

function accessChecks({ config }: InputReading, facts: Facts): readonly NamedCheck[] {
  const { address, credentials } = config;
  const { route, pings, version, logIn, report, progress } = facts;
  const ofVersion = async () => checkApiVersion(address.apiVersion, await route, await pings, await version);
  const ofLogIn = async () => {
    const answer = await logIn;
    const isAbsent =
      answer.kind === 'refused' && isLogInError(answer.error) && answer.error.kind === 'not-found';
    return checkLogIn(credentials, answer, isAbsent);
  };
  const ofReport = async () => checkReport(await afterLogIn(report, logIn));
  const ofProgress = async () => checkProgress(await afterLogIn(progress, logIn));
  const ofStart = async () => checkStart(await progress);
  return [
    ['api-version', ofVersion()],
    ['log-in', ofLogIn()],
    ['read-report', ofReport()],
    ['read-progress', ofProgress()],
    ['start-scans', ofStart()],
  ];
}

function imageChecks(
  { config, faulty }: InputReading,
  facts: Facts,
  { redact }: PreflightDependencies,
): readonly NamedCheck[] {
  const { task, limits, maxScanAgeMs } = config;
  const images = task.mode === 'await-regular' ? [] : task.images;
  const timing = faulty.has('limits')
    ? { timeoutMs: undefined, maxScanAgeMs: undefined }
    : { timeoutMs: limits.timeoutMs, maxScanAgeMs };
  const isKnown = !faulty.has('task') && !faulty.has('names');
  const read: Promise<ImageFacts> =
    isKnown && images.length > 0
      ? readImageFacts(images, facts, redact)
      : Promise.resolve({ kind: 'answered', value: new Map() });
  const each = async (check: (image: Image, knowledge: ImageKnowledge) => CheckResult) => {
    if (!isKnown) return cannotTell('Not asked: an input about the image is wrong; see inputs.');
    const answer = await read;
    if (answer.kind !== 'answered') return withoutAnswer(answer, 'the report');
    const results = [...answer.value].map(([image, of]) => ({
      subject: subjectOf(image),
      result: check(image, of),
    }));
    const left = images.length - results.length;
    const unasked = cannotTell('Not asked, to leave other clients their share of the rate limit.');
    return combine(left === 0 ? results : [...results, { subject: `${left} more`, result: unasked }]);
  };
  const ofScope = async () => {
    const settings = await facts.settings;
    if (settings.kind !== 'answered') return withoutAnswer(settings, 'the registry settings');
    return each((image, of) => checkScope(image, of, checkSpelling(image, of).state === 'failed'));
  };
  return [
    ['image', each((image, of) => checkImage(image, of, timing))],
    ['registry-spelling', each(checkSpelling)],
    ['scope', ofScope()],
  ];
}

async function defenderCheck({ defenders, scanErrors }: Facts): Promise<CheckResult> {
  return checkDefender(await defenders, await scanErrors);
}

async function clockCheck({ pings, route }: Facts): Promise<CheckResult> {
  const seen = await pings;
  return checkClock(seen?.given.clock ?? seen?.own.clock, (await route).kind === 'open');
}

/** The registry is asked over the same proxy and with the same CAs as the Console. */
const PARTS_OF_DIGEST = ['task', 'names', 'proxy', 'tls'] as const satisfies readonly InputPart[];

async function digestCheck(
  { config, faulty }: InputReading,
  { registry }: PreflightDependencies,
): Promise<CheckResult> {
  const { task } = config;
  if (PARTS_OF_DIGEST.some((part) => faulty.has(part))) {
    return cannotTell('Not asked: an input that it needs is wrong; see inputs.');
  }
  const images = task.mode === 'await-regular' ? [] : task.images;
  const results = images.map(async (image) => ({
    subject: subjectOf(image),
    result: await checkDigest(image, task.mode === 'await-regular' ? NO_SELECTION : task, registry),
  }));
  return combine(await Promise.all(results));
}

const NO_SELECTION = { images: [], digestSource: 'input', platforms: 'scanned' } as const;
