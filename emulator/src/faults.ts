import type { ApiCall as Call } from './api-types.ts';

/**
 * A fault injected into one request. With `accepted` the Console processes the request first: a scan starts, an end
 * is consumed. Faults that modify the Console's own answer always come after it was processed.
 */
export type Fault =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Uint8Array;
      readonly accepted?: boolean;
    }
  | { readonly kind: 'drop'; readonly where: 'before'; readonly accepted?: boolean }
  | { readonly kind: 'drop'; readonly where: 'within' }
  | { readonly kind: 'reset'; readonly accepted?: boolean }
  | { readonly kind: 'stall'; readonly where: 'before'; readonly accepted?: boolean }
  | { readonly kind: 'stall'; readonly where: 'within' }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'trickle'; readonly bytes: number; readonly everyMs: number }
  /** A body of spaces, written in pieces; endless without `pieces`. */
  | { readonly kind: 'flood'; readonly bytes: number; readonly everyMs: number; readonly pieces?: number }
  /** A 200 whose body is `start`, `piece` repeated, and `end`: an answer of any size that needs no memory. */
  | {
      readonly kind: 'repeat';
      readonly start: string;
      readonly piece: string;
      readonly times: number;
      readonly end: string;
      readonly gzip?: boolean;
    }
  /** The Console's own answer with every match replaced; `to` as in `String.replace`. */
  | { readonly kind: 'rewrite'; readonly pattern: RegExp | string; readonly to: string }
  /** The Console's own answer with one header set, or left out. */
  | { readonly kind: 'header'; readonly name: string; readonly value: string | undefined }
  /** The Console's own answer, compressed without `Accept-Encoding`. */
  | { readonly kind: 'gzip' }
  /** The Console's own answer, with times from `fromMs` on shifted, as if the clock had been set then. */
  | { readonly kind: 'clock-set'; readonly fromMs: number; readonly byMs: number }
  /** The whole answer; then the connection is closed although keep-alive was agreed. */
  | { readonly kind: 'hang-up' };

/** Called for each request; `number` counts the requests of that call, from 1. */
export type FaultHook = (request: {
  readonly call: Call;
  readonly number: number;
  /** Without the question mark. */
  readonly query: string;
}) => Fault | undefined;

/** A fault as data: the call, the first request and the number of requests that it applies to. */
export interface FaultRule {
  readonly call: Call | 'any';
  /** First request that it applies to, counted from 1; default 1. */
  readonly from?: number;
  /** Number of requests; default: all that follow. */
  readonly times?: number;
  readonly fault: Fault;
}

/** Creates the hook for a list of rules; the first match applies. */
export function faultsFrom(rules: readonly FaultRule[]): FaultHook {
  return ({ call, number }) => rules.find((rule) => applies(rule, call, number))?.fault;
}

/** True if the Console processes a request that the fault applies to. */
export function isAccepted(fault: Fault): boolean {
  switch (fault.kind) {
    case 'flood':
    case 'repeat':
      return false;
    case 'drop':
    case 'stall':
      return fault.where === 'within' || fault.accepted === true;
    case 'answer':
    case 'reset':
      return fault.accepted === true;
    case 'delay':
    case 'trickle':
    case 'rewrite':
    case 'header':
    case 'gzip':
    case 'clock-set':
    case 'hang-up':
      return true;
  }
}

function applies(
  { call, from = 1, times = Number.POSITIVE_INFINITY }: FaultRule,
  asked: Call,
  number: number,
) {
  return (call === 'any' || call === asked) && number >= from && number < from + times;
}
