import type { InputPart, InputReading } from '../config/parse.ts';
import { proxyInUse } from '../config/proxy.ts';
import { type CallDependencies, ConsoleCaller } from '../console/caller.ts';
import type { Environment } from '../host.ts';
import type { ReadCertificate } from '../http/certificate.ts';
import type { Image } from '../image/image.ts';
import { referenceFor } from '../image/reference-template.ts';
import type { ImageRegistry } from '../registry/registry.ts';
import type { CallFailureKind } from '../scan/call-failure.ts';
import { likeliestLogIn, logInShownBy } from './access.ts';
import { type Answer, answeredValue, answerTo } from './answer.ts';
import type { CertificateReading } from './connection.ts';
import {
  DEFENDERS_QUESTION,
  NAMES_QUESTION,
  progressQuestion,
  type Question,
  SCAN_ERRORS_QUESTION,
  SETTINGS_QUESTION,
  VERSION_QUESTION,
} from './console-questions.ts';
import { askRegistry, type RegistryReading } from './digest-check.ts';
import { assessableOf, isNameOf, knowledgeOf, lacksRow, type ShownImages } from './image-facts.ts';
import { lazy } from './lazy.ts';
import { hasExceptions } from './policy-checks.ts';
import { type ReportQuestion, type ReportRead, rowQuestion, rowsQuestion } from './report-question.ts';
import { isAbsent, OWN_VERSION, type Pings, ping, type Route, routeOf } from './route.ts';

export interface FactDependencies extends CallDependencies {
  readonly environment: Environment;
  readonly readCertificate: ReadCertificate;
  readonly registry: ImageRegistry;
  /** The runner's wall clock. */
  readonly now: () => Date;
}

/** The parts of the inputs that a question about images needs. */
export const PARTS_OF_IMAGES = [
  'address',
  'proxy',
  'tls',
  'credentials',
  'task',
  'names',
] as const satisfies readonly InputPart[];

/** Maximum number of images that are read with their findings: a preflight takes ten seconds. */
const MOST_IN_FULL = 10;

/** The errors of an answer that is too large, or takes too long. */
const TOO_LARGE: ReadonlySet<CallFailureKind> = new Set(['invalid-response', 'unreachable']);

const NOT_REACHED: Answer<never> = { kind: 'not-asked', why: 'the Console cannot be reached' };

/**
 * The facts that checks use, each read once, when the first check needs it. A check with wrong inputs reads no facts,
 * so each fact can rely on its inputs.
 */
export class Facts {
  readonly images: readonly Image[];
  readonly #inputs: InputReading;
  readonly #deps: FactDependencies;
  readonly #report: ReportQuestion;
  #caller: ConsoleCaller | undefined;

  constructor(inputs: InputReading, deps: FactDependencies) {
    const { task } = inputs.config;
    this.images = task.mode === 'await-regular' || inputs.faulty.has('task') ? [] : task.images;
    this.#inputs = inputs;
    this.#deps = deps;
    this.#report = rowsQuestion(this.images, deps.redact);
  }

  readonly pings = lazy(() => this.#ping());
  readonly route = lazy(async (): Promise<Route> => {
    return routeOf(await this.pings(), this.#inputs.config.address.apiVersion);
  });
  /** The pings; without any, the outcome of the log-in shows if a Console is there. */
  readonly addressAnswer = lazy(async () => {
    const pings = await this.pings();
    const isSilent = isAbsent(pings.given) && isAbsent(pings.own);
    return { pings, logIn: isSilent ? await this.logIn() : undefined };
  });
  readonly certificate = lazy(() => this.#readCertificate());
  readonly version = lazy(() => this.#ask(VERSION_QUESTION));
  /** The one read of the report: the rows of the images, or any rows if no image is given. */
  readonly report = lazy(() => this.#readReport());
  readonly progress = lazy(() => this.#ask(progressQuestion(this.#deps.redact)));
  readonly settings = lazy(() => this.#ask(SETTINGS_QUESTION));
  readonly defenders = lazy(() => this.#ask(DEFENDERS_QUESTION));
  readonly scanErrors = lazy(() => this.#ask(SCAN_ERRORS_QUESTION));
  readonly logIn = lazy(() => this.#readLogIn());
  readonly shownImages = lazy(() => this.#readImages());
  /** The rows to apply waivers to, with their findings, and the reference; none without any waiver. */
  readonly waivable = lazy(async () => {
    const { policy } = this.#inputs.config;
    const isNeeded = hasExceptions(policy) || policy.compareWith !== undefined;
    const isUsable = isNeeded && this.#isUsable(PARTS_OF_IMAGES);
    const shown = isUsable ? await this.shownImages() : undefined;
    const known = shown?.kind === 'answered' ? [...shown.value] : [];
    const { reference, readAtMs } = known[0]?.[1] ?? {};
    const rows = known.flatMap(assessableOf);
    // Files of exceptions apply to all images of the step together: an unread image may be the one that they name.
    return { rows: rows.length < this.images.length ? [] : rows, reference, readAtMs };
  });
  readonly registryAnswers = lazy(() => this.#readRegistry());

  async #ping(): Promise<Pings> {
    const { address, credentials } = this.#inputs.config;
    const { signal, now } = this.#deps;
    const caller = new ConsoleCaller(address, credentials, this.#deps);
    const pinged = (apiVersion: string) => ping(caller, apiVersion, signal, () => now().getTime());
    const [given, own] = await Promise.all([pinged(address.apiVersion), pinged(OWN_VERSION)]);
    return { given, own };
  }

  /** One client asks all questions, so that they share one log-in. */
  async #ask<T>(question: Question<T>): Promise<Answer<T>> {
    const { config, faulty } = this.#inputs;
    const route = await this.route();
    if (route.kind === 'closed') return NOT_REACHED;
    if (faulty.has('credentials')) {
      return { kind: 'not-asked', why: 'there is nothing to log in with; see inputs' };
    }
    const address = { ...config.address, apiVersion: route.apiVersion };
    this.#caller ??= new ConsoleCaller(address, config.credentials, this.#deps);
    return answerTo(this.#caller.call(question.request, this.#deps.signal, question.decode));
  }

  /** Reads the report with findings if there are exceptions to apply; if that is too large, without. */
  async #readReport(): Promise<Answer<ReportRead>> {
    const { length } = this.images;
    const areFew = length > 0 && length <= MOST_IN_FULL && this.images.every(({ tag }) => tag !== undefined);
    const reference = this.#reference();
    const isNeeded = reference !== undefined || hasExceptions(this.#inputs.config.policy);
    if (!areFew || !isNeeded || !this.#isUsable(['policy'])) return this.#ask(this.#report);
    const images = reference === undefined ? this.images : [...this.images, reference];
    const full = await this.#ask(rowQuestion(images, 'full', this.#deps.redact));
    const isTooLarge = full.kind === 'refused' && TOO_LARGE.has(full.error.kind);
    return isTooLarge ? this.#ask(this.#report) : full;
  }

  /** The image of `compare-with`, if a single image is checked, and both are named by a tag. */
  #reference(): Image | undefined {
    const { compareWith } = this.#inputs.config.policy;
    const [image, ...others] = this.images;
    if (compareWith === undefined || image?.tag === undefined || others.length > 0) return undefined;
    const reference = this.#isUsable(['policy', 'task']) ? referenceFor(compareWith, image) : undefined;
    return reference === undefined || 'wrong' in reference || reference.tag === undefined
      ? undefined
      : reference;
  }

  #isUsable(parts: readonly InputPart[]): boolean {
    return parts.every((part) => !this.#inputs.faulty.has(part));
  }

  /** The outcome of the log-in, as soon as one answer shows it: a stalled call must not delay other checks. */
  #readLogIn(): Promise<Answer<unknown>> {
    const { version, report, progress, settings, defenders, scanErrors } = this;
    const asked = [version, report, progress, settings, defenders, scanErrors].map(
      async (ask): Promise<Answer<unknown>> => ask(),
    );
    return new Promise((resolve, reject) => {
      const shown = asked.map(async (answer) => {
        const logIn = logInShownBy(await answer);
        if (logIn !== undefined) resolve(logIn);
      });
      Promise.all(shown).then(async () => {
        resolve(likeliestLogIn(await Promise.all(asked)) ?? NOT_REACHED);
      }, reject);
    });
  }

  /**
   * The rows of the images. All names are read only if an image has no row. The report is read a second time only if
   * it has a row that the first page did not show: if there are many tags, or if the registry has a path.
   */
  async #readImages(): Promise<Answer<ShownImages>> {
    const report = await this.report();
    if (report.kind !== 'answered') return report;
    const { images } = this.#report;
    const pages = [report.value];
    const missing = images.filter((image) => lacksRow(image, pages));
    const names = missing.length === 0 ? [] : answeredValue(await this.#ask(NAMES_QUESTION));
    const hidden = missing.filter(
      (image) => names?.some((name) => isNameOf(name, image)) ?? report.value.isCut,
    );
    const isHidden = report.value.of === 'repository' && hidden.some(({ tag }) => tag !== undefined);
    const byName = isHidden ? await this.#ask(rowQuestion(hidden, 'compact', this.#deps.redact)) : undefined;
    if (byName?.kind === 'answered') pages.push(byName.value);
    return knowledgeOf(images, pages, names ?? [], answeredValue(await this.settings()), this.#reference());
  }

  #readRegistry(): Promise<readonly RegistryReading[]> {
    const { task } = this.#inputs.config;
    const selection = task.mode === 'await-regular' ? undefined : task;
    return Promise.all(
      this.images.flatMap((image) =>
        selection === undefined ? [] : [askRegistry(image, selection, this.#deps.registry)],
      ),
    );
  }

  async #readCertificate(): Promise<CertificateReading> {
    const { address, tls } = this.#inputs.config;
    const { environment, clock, deadline, signal, readCertificate } = this.#deps;
    const url = new URL(address.base);
    if (url.protocol !== 'https:') return { kind: 'unread', why: 'no-tls' };
    if (proxyInUse(environment, address.base) !== undefined) return { kind: 'unread', why: 'proxy' };
    const over = new AbortController();
    const late = new AbortController();
    const limit = clock.sleep(deadline.requestMs(), over.signal).then(() => late.abort());
    const certificate = await readCertificate(url, tls, AbortSignal.any([signal, late.signal]));
    over.abort();
    await limit;
    return certificate === undefined ? { kind: 'unread', why: 'no-answer' } : { kind: 'read', certificate };
  }
}
