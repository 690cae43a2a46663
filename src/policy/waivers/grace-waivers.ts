import type { Finding, FindingDate } from '../../scan/finding.ts';
import type { Severity } from '../../scan/severity.ts';
import type { DecisionTime } from '../decision-time.ts';
import type { NearMiss } from './waiver.ts';
import { type FindingWaivers, NO_WAIVERS, type WaiverSource } from './waiver-source.ts';

/** The time that a vulnerability of each severity may wait for its update, in milliseconds; absent without grace. */
export type Grace = Readonly<Partial<Record<Severity, number>>>;

/** The waivers from the days of grace at the time of the decision. */
export function graceWaivers(grace: Grace, decidedAt: DecisionTime): WaiverSource {
  return { of: (_image, finding) => graceOf(finding, grace, decidedAt) };
}

/**
 * The days count from the fix, or from the publication if there is no fix yet, as the Console's own grace does. They
 * end to the second. Vulnerabilities of an unknown severity, or exploited in the wild, have no grace.
 */
function graceOf(finding: Finding, grace: Grace, { epochMs, clock }: DecisionTime): FindingWaivers {
  const graceMs = grace[finding.severity];
  const isGiven = finding.kind === 'vulnerability' && finding.rawSeverity === undefined;
  if (graceMs === undefined || !isGiven) return NO_WAIVERS;
  if (clock !== 'console') return nearly({ kind: 'grace-undated', why: 'no-clock' });
  const start = startOf(finding);
  if (start.kind === 'none') return nearly({ kind: 'grace-undated', why: 'no-date' });
  if (start.kind === 'unusable' || start.epochMs > epochMs) {
    return nearly({ kind: 'grace-undated', why: 'unusable-date' });
  }
  const endsAtMs = start.epochMs + graceMs;
  if (epochMs >= endsAtMs) return nearly({ kind: 'grace-ended', endedAtMs: endsAtMs });
  if (finding.exploit === 'in-the-wild') return nearly({ kind: 'grace-exploited', endsAtMs });
  return { waivers: [{ kind: 'grace', endsAtMs }], nearMisses: [] };
}

function startOf({ fixedAt, publishedAt }: Finding): FindingDate {
  return fixedAt.kind === 'none' ? publishedAt : fixedAt;
}

function nearly(nearMiss: NearMiss): FindingWaivers {
  return { waivers: [], nearMisses: [nearMiss] };
}
