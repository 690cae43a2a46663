import type { Severity } from '../scan/severity.ts';
import type { ExploitCutoff } from './exploit-gate.ts';
import type { DecisionBook } from './waivers/decisions/decision-book.ts';
import type { Exception } from './waivers/exception.ts';
import type { Grace } from './waivers/grace-waivers.ts';

/** The conditions that a finished scan must satisfy before its image may be promoted. */
export interface Policy {
  /** Vulnerabilities at or above this fail; undefined if they decide nothing. */
  readonly severityCutoff: Severity | undefined;
  /** Only vulnerabilities that have a fix count for the cutoff. */
  readonly onlyFixed: boolean;
  /** Compliance issues at or above this fail; undefined if they decide nothing. */
  readonly complianceCutoff: Severity | undefined;
  /** Findings that the Console's own policy marks as blocking fail. */
  readonly failOnPolicy: boolean;
  /** Vulnerabilities with such an exploit fail, whatever their severity; undefined if exploits decide nothing. */
  readonly exploitCutoff: ExploitCutoff | undefined;
  /** The time that vulnerabilities may wait before `severityCutoff` counts them; empty for none. */
  readonly grace: Grace;
  /** The reference image as given in the input, with placeholders; undefined without one. */
  readonly compareWith: string | undefined;
  /** The user's exceptions, active or expired. */
  readonly exceptions: readonly Exception[];
  /** OpenVEX documents and files for Trivy. */
  readonly decisions: DecisionBook;
}

/** True if any gate needs the findings of the report. */
export function hasGate(policy: Policy): boolean {
  const { severityCutoff, exploitCutoff, complianceCutoff, failOnPolicy } = policy;
  const cutoffs = [severityCutoff, exploitCutoff, complianceCutoff];
  return failOnPolicy || cutoffs.some((cutoff) => cutoff !== undefined);
}
