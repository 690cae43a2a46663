import type { Finding, Fix } from '../../scan/finding.ts';
import type { Severity } from '../../scan/severity.ts';
import type { GateName } from '../gate-name.ts';
import type { Exception } from './exception.ts';

/** A waiver of a finding at some gates. */
export type Waiver =
  /** An entry of a list of exceptions: the user's own, or of a `.trivyignore.yaml`. */
  | { readonly kind: 'exception'; readonly format: 'own' | 'trivyignore'; readonly exception: Exception }
  /** An OpenVEX statement, `not_affected` or `fixed`. */
  | { readonly kind: 'vex'; readonly statement: AcceptingStatement }
  /** The reference image has the same finding. */
  | { readonly kind: 'known'; readonly reference: string }
  /**
   * The days of grace are not over: the finding begins to block at this time of the Console, in epoch milliseconds.
   */
  | { readonly kind: 'grace'; readonly endsAtMs: number }
  /** The finding has no fix, and only findings with a fix count. */
  | { readonly kind: 'no-fix' };

/** The part of a VEX statement that outputs show. */
interface AcceptingStatement {
  /** The path of the file, as the input names it. */
  readonly file: string;
  readonly author: string | undefined;
  readonly vulnerability: string;
  readonly status: 'not_affected' | 'fixed';
  /** Its justification, its impact statement, or both. */
  readonly reason: string;
  /** When it was made, in epoch milliseconds. */
  readonly madeAtMs: number;
  /** When it becomes too old, in epoch milliseconds. */
  readonly endsAtMs: number;
}

/** The reason why a near waiver does not apply. */
export type NearMiss =
  | { readonly kind: 'grace-ended'; readonly endedAtMs: number }
  /** The grace would last, but the finding is exploited in the wild. */
  | { readonly kind: 'grace-exploited'; readonly endsAtMs: number }
  /** There is grace for the severity, but no date to count from. */
  | { readonly kind: 'grace-undated'; readonly why: 'no-date' | 'unusable-date' | 'no-clock' }
  /** The reference image has the finding with a milder severity. */
  | { readonly kind: 'known-milder'; readonly reference: string; readonly severity: Severity }
  /** The reference image has the finding less often. */
  | { readonly kind: 'known-less-often'; readonly reference: string; readonly times: number }
  | { readonly kind: 'exception-expired'; readonly exception: Exception }
  /** `until-fixed`: there is a fix now. */
  | { readonly kind: 'exception-fixed'; readonly exception: Exception; readonly fix: Fix }
  /** The exception matches several findings that differ. */
  | { readonly kind: 'exception-ambiguous'; readonly exception: Exception }
  /** The newest VEX statement about the finding does not accept it. */
  | {
      readonly kind: 'vex';
      readonly file: string;
      readonly vulnerability: string;
      readonly status: string;
      readonly why: 'too-old' | 'unjustified' | 'fixed-without-version' | 'tie' | 'forbidden';
    };

/** A finding with its waivers and near misses. */
export interface AssessedFinding extends Finding {
  readonly waivers: readonly Waiver[];
  readonly nearMisses: readonly NearMiss[];
}

/** The exception that accepts a finding; undefined if none does. */
export function acceptedBy({ waivers }: AssessedFinding): Exception | undefined {
  return waivers.find((waiver) => waiver.kind === 'exception')?.exception;
}

/** A finding that would violate a gate, and the waivers that reach this gate; at least one. */
export interface WaivedFinding {
  readonly finding: AssessedFinding;
  readonly by: readonly Waiver[];
}

/**
 * True if a waiver counts for a gate. Exceptions and statements are decisions about a finding; known findings, and
 * those in grace or without a fix, are only less urgent, so they are waived for severity alone.
 */
export function reaches(waiver: Waiver, gate: GateName): boolean {
  switch (waiver.kind) {
    case 'exception':
      return waiver.format === 'own' ? DECIDED_BY_PEOPLE.has(gate) : reachesVulnerabilities(gate);
    case 'vex':
      return reachesVulnerabilities(gate);
    case 'known':
    case 'grace':
    case 'no-fix':
      return gate === 'severity-cutoff';
  }
}

const DECIDED_BY_PEOPLE: ReadonlySet<GateName> = new Set([
  'severity-cutoff',
  'exploit-cutoff',
  'compliance-cutoff',
  'fail-on-policy',
]);

function reachesVulnerabilities(gate: GateName): boolean {
  return gate !== 'compliance-cutoff' && DECIDED_BY_PEOPLE.has(gate);
}
