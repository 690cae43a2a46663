import type { Severity } from '../scan/severity.ts';
import type { Exception } from './exception.ts';

/** What a finished scan must satisfy beyond being finished, before its image may be promoted. */
export interface Gates {
  /** Findings at or above this fail; undefined where findings decide nothing. */
  readonly severityCutoff: Severity | undefined;
  /** Only findings that have a fix count for the cutoff. */
  readonly onlyFixed: boolean;
  /** Findings that the Console's own policy marks as blocking fail. */
  readonly failOnPolicy: boolean;
  /** Findings that are accepted for now, in force or expired. */
  readonly exceptions: readonly Exception[];
}

/** Whether any gate needs the report. */
export function isAnyGateSet({ severityCutoff, failOnPolicy }: Gates): boolean {
  return severityCutoff !== undefined || failOnPolicy;
}
