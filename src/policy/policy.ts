import type { Severity } from '../scan/severity.ts';
import type { DecisionBook } from './decisions/decision-book.ts';
import type { Exception } from './exception.ts';
import type { ExploitCutoff } from './exploit-gate.ts';
import type { Grace } from './grace-waivers.ts';

/** What a finished scan must satisfy beyond being finished, before its image may be promoted. */
export interface Policy {
  /** Vulnerabilities at or above this fail; undefined where they decide nothing. */
  readonly severityCutoff: Severity | undefined;
  /** Only vulnerabilities that have a fix count for the cutoff. */
  readonly onlyFixed: boolean;
  /** Compliance issues at or above this fail; undefined where they decide nothing. */
  readonly complianceCutoff: Severity | undefined;
  /** Findings that the Console's own policy marks as blocking fail. */
  readonly failOnPolicy: boolean;
  /** Vulnerabilities with such an exploit fail, of whatever severity; undefined if exploits decide nothing. */
  readonly exploitCutoff: ExploitCutoff | undefined;
  /** How long vulnerabilities may wait before `severityCutoff` counts them; empty for none. */
  readonly grace: Grace;
  /** The reference image as the input gives it, placeholders included; undefined without one. */
  readonly compareWith: string | undefined;
  /** Findings that are accepted for now, active or expired. */
  readonly exceptions: readonly Exception[];
  /** OpenVEX documents and files for Trivy. */
  readonly decisions: DecisionBook;
}

/** Whether any gate needs the findings of the report. */
export function hasGate(policy: Policy): boolean {
  const { severityCutoff, exploitCutoff, complianceCutoff, failOnPolicy } = policy;
  const cutoffs = [severityCutoff, exploitCutoff, complianceCutoff];
  return failOnPolicy || cutoffs.some((cutoff) => cutoff !== undefined);
}
