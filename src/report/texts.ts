import type { AssessedFinding, Assessment } from '../gate/assessment.ts';
import type { Exception } from '../gate/exception.ts';
import type { Decision } from '../gate/verdict.ts';
import type { StepRecord } from './record.ts';

type Change = (text: string) => string;

/** The record with every text in it changed in the same way: those of the Console, and those of people. */
export function withTexts(record: StepRecord, change: Change): StepRecord {
  const changed = (decided: Decision) => ({ ...decided, message: change(decided.message) });
  const exceptions = changedExceptions(record.asked?.gates.exceptions ?? [], change);
  const { asked } = record;
  return {
    ...record,
    decision: changed(record.decision),
    warnings: record.warnings.map(change),
    images: record.images.map((image) => ({
      ...image,
      decision: changed(image.decision),
      warnings: image.warnings.map(change),
      assessment: image.assessment && changedAssessment(image.assessment, exceptions, change),
    })),
    asked: asked && { ...asked, gates: { ...asked.gates, exceptions: [...exceptions.values()] } },
  };
}

/** The changed exceptions by those that they came from: what refers to the same one goes on doing so. */
function changedExceptions(
  exceptions: readonly Exception[],
  change: Change,
): ReadonlyMap<Exception, Exception> {
  return new Map(
    exceptions.map((exception) => {
      const { id, reason, until, package: packageName, image } = exception;
      const changed: Exception = {
        id: change(id),
        reason: change(reason),
        until,
        package: packageName && change(packageName),
        image: image && change(image),
      };
      return [exception, changed];
    }),
  );
}

function changedAssessment(
  assessment: Assessment,
  exceptions: ReadonlyMap<Exception, Exception>,
  change: Change,
): Assessment {
  const of = (exception: Exception) => exceptions.get(exception) ?? exception;
  const { findings = [] } = assessment;
  // Seldom is there anything to change, and there may be many thousands of them.
  const all = findings.flatMap((finding) => Object.values(changedTexts(finding, (text) => text))).join('\n');
  const isUnchanged = change(all) === all;
  return {
    ...assessment,
    matched: assessment.matched.map(of),
    findings: assessment.findings?.map((finding) => ({
      ...finding,
      ...(isUnchanged ? {} : changedTexts(finding, change)),
      acceptedBy: finding.acceptedBy && of(finding.acceptedBy),
    })),
  };
}

function changedTexts(finding: AssessedFinding, change: Change) {
  const { id, unknownWord, packageName, packageVersion, packageType, fix, link, description } = finding;
  return {
    id: change(id),
    unknownWord: unknownWord && change(unknownWord),
    packageName: change(packageName),
    packageVersion: change(packageVersion),
    packageType: change(packageType),
    fix: fix && change(fix),
    link: change(link),
    description: change(description),
  };
}
