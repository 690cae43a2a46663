import type { Call } from './routes.ts';

/**
 * Something that goes wrong with one request. With `accepted` the Console has acted on the request before:
 * a scan is started, an end is consumed. Faults within the body always come after the Console has acted.
 */
export type Fault =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Uint8Array;
    }
  | { readonly kind: 'drop'; readonly where: 'before'; readonly accepted?: boolean }
  | { readonly kind: 'drop'; readonly where: 'within' }
  | { readonly kind: 'reset'; readonly accepted?: boolean }
  | { readonly kind: 'stall'; readonly where: 'before'; readonly accepted?: boolean }
  | { readonly kind: 'stall'; readonly where: 'within' }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'trickle'; readonly bytes: number; readonly everyMs: number };

/** Asked before a route answers; `number` counts the requests of that call, from 1. */
export type FaultHook = (request: { readonly call: Call; readonly number: number }) => Fault | undefined;

/** A fault as data: which call, from which request on, for how many of them. */
export type FaultRule = {
  readonly call: Call | 'any';
  /** The first request that it strikes, from 1, which is where it is left out. */
  readonly from?: number;
  /** How many requests it strikes; every one from there on, where it is left out. */
  readonly times?: number;
  readonly fault: Fault;
};

/** The hook for a list of rules; the first that fits strikes. */
export function faultsFrom(rules: readonly FaultRule[]): FaultHook {
  return ({ call, number }) => rules.find((rule) => strikes(rule, call, number))?.fault;
}

/** Whether the Console acts on a request that the fault strikes. */
export function isAccepted(fault: Fault): boolean {
  switch (fault.kind) {
    case 'answer':
      return false;
    case 'drop':
    case 'stall':
      return fault.where === 'within' || fault.accepted === true;
    case 'reset':
      return fault.accepted === true;
    case 'delay':
    case 'trickle':
      return true;
  }
}

function strikes(
  { call, from = 1, times = Number.POSITIVE_INFINITY }: FaultRule,
  asked: Call,
  number: number,
) {
  return (call === 'any' || call === asked) && number >= from && number < from + times;
}
