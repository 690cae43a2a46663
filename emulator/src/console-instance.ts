import type { ApiCall } from './api-types.ts';
import { type Fault, type FaultHook, type FaultRule, faultsFrom, isAccepted } from './faults.ts';
import { BoundedList } from './journal.ts';
import { ConsoleModel } from './model.ts';
import { RealRegistries, type RealRegistriesOptions } from './real-registries.ts';
import { emptyReply, type Reply } from './response.ts';
import { answer, callOf } from './routes.ts';
import type { Scenario } from './scenario.ts';
import { type AuthorizationKind, authorizationKind, Sessions } from './sessions.ts';

/** A request to the API, as tests see it. */
export interface RecordedRequest {
  readonly call: ApiCall;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** The scheme; never the secret. */
  readonly authorization: AuthorizationKind;
  /** As sent; empty if it contains a password. */
  readonly body: string;
}

/** A request before it is dispatched. */
export interface ConsoleRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly authorization: string;
  readonly body: string;
}

/** A request to the control API. */
export interface ControlRequest {
  readonly method: string;
  readonly path: string;
  readonly params: URLSearchParams;
  readonly authorization: string;
  readonly body: string;
}

export type ControlApi = (request: ControlRequest, instance: ConsoleInstance) => Promise<Reply>;

interface InstanceOptions {
  readonly scenario: Scenario;
  readonly now: () => number;
  readonly basePath: string;
  /** Default: a model built from the scenario. */
  readonly model?: ConsoleModel | undefined;
  /** Default: the faults of the scenario. */
  readonly fault?: FaultHook | undefined;
  readonly registries?: RealRegistriesOptions | undefined;
  /** How much faster than real time `now` runs. */
  readonly speed?: number;
}

/** A Console that can be reset: the model, its sessions, and the requests that it received. */
export class ConsoleInstance {
  readonly #options: InstanceOptions;
  #model: ConsoleModel;
  #sessions: Sessions;
  #registries: RealRegistries | undefined;
  #rules: readonly FaultRule[];
  #fault: FaultHook;
  #requests = new BoundedList<RecordedRequest>(1_000);
  #numbers = new Map<ApiCall, number>();

  constructor(options: InstanceOptions) {
    const { scenario, now, fault } = options;
    this.#options = options;
    this.#model = options.model ?? new ConsoleModel({ now, scenario });
    this.#sessions = sessionsOf(this.#model);
    this.#rules = scenario.faults;
    this.#fault = fault ?? faultsFrom(scenario.faults);
  }

  get model(): ConsoleModel {
    return this.#model;
  }

  /** The latest requests, oldest first. */
  get requests(): readonly RecordedRequest[] {
    return this.#requests.entries;
  }

  get faults(): readonly FaultRule[] {
    return this.#rules;
  }

  /** Replaces all faults; the count of requests starts again. */
  setFaults(rules: readonly FaultRule[]): void {
    this.#rules = rules;
    this.#fault = faultsFrom(rules);
    this.#numbers = new Map();
  }

  forgetRequests(): void {
    this.#requests = new BoundedList<RecordedRequest>(1_000);
  }

  /** Discovers the real registries for the first time. */
  async discover(): Promise<void> {
    const { registries, speed } = this.#options;
    if (registries === undefined) return;
    this.#registries = new RealRegistries(this.#model, registries, speed);
    await this.#registries.discover({});
  }

  async settle(): Promise<void> {
    await this.#registries?.settle();
  }

  /** Starts over, as after a restart of the process, with the given scenario or the original one. */
  async reset(scenario: Scenario = this.#options.scenario): Promise<void> {
    this.close();
    this.#model = new ConsoleModel({ now: this.#options.now, scenario });
    this.#sessions = sessionsOf(this.#model);
    this.setFaults(scenario.faults);
    this.forgetRequests();
    await this.discover();
  }

  /** The value of `Date`; undefined: no such header. */
  date(): string | undefined {
    const { dateHeader, cacheAgeSeconds } = this.#model.scenario.settings;
    if (!dateHeader) return undefined;
    return new Date(this.#model.shownTimeMs - 1_000 * cacheAgeSeconds).toUTCString();
  }

  /** Answers a request; a fault of kind `answer` and the like is injected by the caller. */
  async reply(
    request: ConsoleRequest,
  ): Promise<{ readonly reply: Reply; readonly fault: Fault | undefined }> {
    const { method, path, query, authorization, body } = request;
    const model = this.#model;
    const call = callOf(method, path, this.#options.basePath, model.scenario.settings.apiVersions);
    const number = (this.#numbers.get(call) ?? 0) + 1;
    this.#numbers.set(call, number);
    this.#requests.add({
      call,
      method,
      path,
      query,
      authorization: authorizationKind(authorization),
      body: call === 'authenticate' ? '' : body,
    });
    const fault = this.#fault({ call, number, query });
    if (fault !== undefined && !isAccepted(fault)) return { reply: emptyReply(200), fault };
    const reply = await answer(
      { call, path, params: new URLSearchParams(query), authorization, body },
      { model, sessions: this.#sessions, registries: this.#registries },
    );
    return { reply, fault };
  }

  close(): void {
    this.#registries?.close();
  }
}

function sessionsOf(model: ConsoleModel): Sessions {
  return new Sessions(
    model.scenario,
    () => model.nowMs,
    () => model.shownTimeMs,
  );
}
