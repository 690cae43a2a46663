import type { Deadline } from '../scan/deadline.ts';
import { type ConsoleAddress, callUrl } from './address.ts';
import { DecodeError, parseJson } from './decode.ts';
import { type Exchange, type Response, TransportError } from './exchange.ts';
import { bodyFailure, statusFailure, transportFailure } from './failure.ts';

export type Query = readonly (readonly [name: string, value: string])[];

/** One call of the API, before anybody is named who makes it. */
export interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: Query;
  readonly body?: unknown;
  /** What a good answer has in its body. */
  readonly answers: 'json' | 'nothing' | 'a secret';
  /** Instead of the usual share of the time left, in milliseconds. */
  readonly atMostMs?: number;
}

export type Decode<T> = (json: unknown, atEpochMs: number | undefined) => T;

/** A report of many thousand findings is tens of megabytes; nothing else comes near. */
const MAX_BYTES = 128 * 1024 * 1024;

/** The Console's API as a place that calls go to: one attempt each, within the deadline of the step. */
export class Endpoint {
  readonly #address: ConsoleAddress;
  readonly #exchange: Exchange;
  readonly #deadline: Deadline;
  readonly #strike: (text: string) => string;

  /** `strike` takes secrets out of a text: the Console may echo what it was sent. */
  constructor(
    address: ConsoleAddress,
    exchange: Exchange,
    deadline: Deadline,
    strike: (text: string) => string,
  ) {
    this.#address = address;
    this.#exchange = exchange;
    this.#deadline = deadline;
    this.#strike = strike;
  }

  /**
   * Makes the call and reads the JSON of its answer with `decode`, which is also told when the Console answered, in
   * epoch milliseconds by its own clock, where it says so. Throws a `ConsoleError` for what is final, and a
   * `NoAnswerError` where it may help to ask again.
   */
  async call<T>(
    call: Call,
    authorization: string | undefined,
    signal: AbortSignal,
    decode: Decode<T>,
  ): Promise<T> {
    const attempt = `${call.method} ${call.path}`;
    const response = await this.#send(attempt, call, authorization, signal);
    const failure = statusFailure(attempt, response, this.#strike);
    if (failure !== undefined) throw failure;
    try {
      return decode(this.#parse(call, response.body), dateOf(response));
    } catch (error) {
      throw error instanceof DecodeError ? bodyFailure(attempt, error) : error;
    }
  }

  #parse({ answers }: Call, body: Uint8Array): unknown {
    if (answers === 'nothing' && body.byteLength === 0) return undefined;
    const json = parseJson(body, answers === 'a secret' ? (text) => text : this.#strike);
    // Whatever came instead of nothing is not the Console's word that it did what it was asked to.
    if (answers === 'nothing' && json !== null) throw new DecodeError('body', 'nothing', 'something');
    return json;
  }

  async #send(
    attempt: string,
    call: Call,
    authorization: string | undefined,
    signal: AbortSignal,
  ): Promise<Response> {
    const headers = {
      accept: 'application/json',
      // What a cache kept of before would be an old answer to a new question.
      'cache-control': 'no-cache',
      ...(authorization === undefined ? {} : { authorization }),
      ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    try {
      return await this.#exchange({
        method: call.method,
        url: callUrl(this.#address, call.path, call.query),
        headers,
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        limitMs: Math.min(call.atMostMs ?? this.#deadline.requestMs(), this.#deadline.leftMs()),
        maxBytes: MAX_BYTES,
        signal,
      });
    } catch (error) {
      throw error instanceof TransportError ? transportFailure(attempt, error) : error;
    }
  }
}

function dateOf({ headers }: Response): number | undefined {
  // Where a cache gave the answer, the date is that of the first time, and it says how long ago that was.
  const ageMs = Number(headers.age ?? 0) * 1_000;
  const epochMs = Date.parse(headers.date ?? '') + ageMs;
  // An age below zero would make every scan look younger than it is.
  return ageMs >= 0 && !Number.isNaN(epochMs) ? epochMs : undefined;
}
