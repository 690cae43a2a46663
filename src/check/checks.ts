import type { InputPart, InputReading } from '../config/parse.ts';
import type { Environment } from '../host.ts';
import type { Image } from '../image/image.ts';
import { decisionTime } from '../policy/decision-time.ts';
import { checkApiVersion, checkClock, checkDefender, checkLogIn, checkReport, checkStart } from './access.ts';
import { type Answer, afterLogIn, ifAllowed, ifAnswered } from './answer.ts';
import { type CheckResult, cannotTell, combine, ok } from './check-result.ts';
import { checkAddress, checkCertificate, checkProxyUse, proxyOf } from './connection.ts';
import { checkDigest } from './digest-check.ts';
import { type Facts, PARTS_OF_IMAGES } from './facts.ts';
import { checkImage, checkSpelling, type ImageKnowledge, subjectOf } from './image-checks.ts';
import type { ShownImages } from './image-facts.ts';
import { checkExceptions, checkGates, checkInputs } from './policy-checks.ts';
import { checkScope } from './scope-check.ts';

/** The inputs and the time of a preflight. */
export interface CheckSubject {
  readonly inputs: InputReading;
  readonly images: readonly Image[];
  readonly environment: Environment;
  /** The runner's wall clock. */
  readonly now: Date;
}

/** A check that can be run. */
export interface PreflightCheck {
  readonly name: string;
  /** The parts of the inputs that it needs; if one of them is wrong, it is not run. */
  readonly inputs: readonly InputPart[];
  readonly result: (facts: Facts, subject: CheckSubject) => Promise<CheckResult>;
}

/** One line of the table: the facts that a check needs, and its result for them. */
interface CheckLine<Needed> {
  readonly name: string;
  readonly inputs: readonly InputPart[];
  readonly needs: (facts: Facts) => Promise<Needed>;
  readonly run: (needed: Needed, subject: CheckSubject) => CheckResult;
}

function check<Needed>({ name, inputs, needs, run }: CheckLine<Needed>): PreflightCheck {
  return { name, inputs, result: async (facts, subject) => run(await needs(facts), subject) };
}

const CONSOLE_PARTS = ['address', 'proxy', 'tls'] as const satisfies readonly InputPart[];
const LOG_IN_PARTS = [...CONSOLE_PARTS, 'credentials'] as const;
/** The registry is called over the same proxy and with the same CAs as the Console. */
const REGISTRY_PARTS = ['task', 'names', 'proxy', 'tls'] as const satisfies readonly InputPart[];
const POLICY_PARTS = ['policy', 'names'] as const satisfies readonly InputPart[];

const nothing = async (): Promise<void> => undefined;

/** The checks in the contract's order. */
export const CHECKS: readonly PreflightCheck[] = [
  check({
    name: 'inputs',
    inputs: [],
    needs: nothing,
    run: (_, { inputs: { problems, config } }) => checkInputs(problems, config.warnings),
  }),
  check({
    name: 'address',
    inputs: CONSOLE_PARTS,
    needs: (facts) => facts.addressAnswer(),
    run: ({ pings, logIn }, subject) =>
      checkAddress(subject.inputs.config.address, pings, logIn, proxyOf(subject)),
  }),
  check({
    name: 'certificate',
    inputs: CONSOLE_PARTS,
    needs: (facts) => Promise.all([facts.certificate(), facts.pings()]),
    run: ([certificate, pings], { inputs, now }) =>
      checkCertificate(certificate, pings, inputs.config.tls.verify, now.getTime()),
  }),
  check({
    name: 'proxy',
    inputs: CONSOLE_PARTS,
    needs: (facts) => facts.pings(),
    run: (pings, subject) => checkProxyUse(proxyOf(subject), subject.environment, pings),
  }),
  check({
    name: 'api-version',
    inputs: CONSOLE_PARTS,
    needs: (facts) => Promise.all([facts.route(), facts.pings(), facts.version()]),
    run: ([route, pings, version], { inputs }) =>
      checkApiVersion(inputs.config.address.apiVersion, route, pings, version),
  }),
  check({
    name: 'log-in',
    inputs: LOG_IN_PARTS,
    needs: (facts) => facts.logIn(),
    run: (logIn, { inputs }) => checkLogIn(inputs.config.credentials, logIn),
  }),
  check({
    name: 'read-report',
    inputs: LOG_IN_PARTS,
    needs: (facts) => afterLogIn(facts.report(), facts.logIn()),
    run: (report) => ifAllowed(report, checkReport),
  }),
  check({
    name: 'read-progress',
    inputs: LOG_IN_PARTS,
    needs: (facts) => afterLogIn(facts.progress(), facts.logIn()),
    run: (progress) => ifAllowed(progress, () => ok('The user can read progress.')),
  }),
  check({ name: 'start-scans', inputs: LOG_IN_PARTS, needs: (facts) => facts.progress(), run: checkStart }),
  check({
    name: 'image',
    inputs: PARTS_OF_IMAGES,
    needs: (facts) => facts.shownImages(),
    run: (shown, subject) =>
      eachImage(shown, subject, (image, of) => checkImage(image, of, timingOf(subject))),
  }),
  check({
    name: 'registry-spelling',
    inputs: PARTS_OF_IMAGES,
    needs: (facts) => facts.shownImages(),
    run: (shown, subject) => eachImage(shown, subject, checkSpelling),
  }),
  check({
    name: 'scope',
    inputs: PARTS_OF_IMAGES,
    needs: (facts) => Promise.all([facts.settings(), facts.shownImages()]),
    run: ([settings, shown], subject) =>
      ifAnswered(settings, 'the registry settings', () => eachImage(shown, subject, checkScope)),
  }),
  check({
    name: 'defender',
    inputs: LOG_IN_PARTS,
    needs: (facts) => Promise.all([facts.defenders(), facts.scanErrors()]),
    run: ([defenders, scanErrors]) => checkDefender(defenders, scanErrors),
  }),
  check({
    name: 'clock',
    inputs: CONSOLE_PARTS,
    needs: (facts) => Promise.all([facts.pings(), facts.route()]),
    run: ([{ given, own }, route]) => checkClock(given.clock ?? own.clock, route.kind === 'open'),
  }),
  check({
    name: 'digest',
    inputs: REGISTRY_PARTS,
    needs: (facts) => facts.registryAnswers(),
    run: (readings) =>
      combine(
        readings.map((reading) => ({ subject: subjectOf(reading.image), result: checkDigest(reading) })),
      ),
  }),
  check({
    name: 'gates',
    inputs: POLICY_PARTS,
    needs: (facts) => facts.waivable(),
    run: ({ rows, reference, readAtMs }, { inputs, now }) =>
      checkGates(inputs.config.policy, { rows, reference, decidedAt: decisionTime(readAtMs, now) }),
  }),
  check({
    name: 'exceptions',
    inputs: POLICY_PARTS,
    needs: (facts) => facts.waivable(),
    run: ({ rows, readAtMs }, { inputs, now }) =>
      checkExceptions(inputs.config.policy, rows, decisionTime(readAtMs, now)),
  }),
];

/** One result for all images; images without an answer are counted. */
function eachImage(
  shown: Answer<ShownImages>,
  { images }: CheckSubject,
  run: (image: Image, knowledge: ImageKnowledge) => CheckResult,
): CheckResult {
  return ifAnswered(shown, 'the report', (all) => {
    const results = [...all].map(([image, of]) => ({ subject: subjectOf(image), result: run(image, of) }));
    const left = images.length - results.length;
    const unasked = cannotTell('Not asked, to leave other clients their share of the rate limit.');
    return combine(left === 0 ? results : [...results, { subject: `${left} more`, result: unasked }]);
  });
}

function timingOf({ inputs: { config, faulty } }: CheckSubject) {
  return faulty.has('limits')
    ? { timeoutMs: undefined, maxScanAgeMs: undefined }
    : { timeoutMs: config.limits.timeoutMs, maxScanAgeMs: config.maxScanAgeMs };
}
