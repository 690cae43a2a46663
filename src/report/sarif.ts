import type { Log, ReportingDescriptor, Run } from 'sarif';
import type { ReportedRun, StepRecord } from './record.ts';
import { Fingerprints } from './sarif-fingerprint.ts';
import { artifactUri, repositoryIn } from './sarif-location.ts';
import { type RatedFinding, resultOf, ruleOf } from './sarif-rule.ts';
import { worstFindings } from './selection.ts';

/** Code scanning shows no more results than this. */
export const MOST_RESULTS = 5_000;

/** The findings as SARIF 2.1.0, as GitHub's code scanning takes it: the worst of them, and a rule for each CVE. */
export function sarifOf(record: StepRecord, { actionVersion }: ReportedRun): Log {
  const { located, omitted } = worstFindings(record.images, MOST_RESULTS);
  const rules = new Map<string, { readonly index: number; readonly rule: ReportingDescriptor }>();
  const fingerprints = new Fingerprints();
  const results = located.map(({ image, finding }) => {
    const repository = repositoryIn(image.name);
    // The worst comes first, so a rule is as grave as the gravest of its findings.
    const known = rules.get(finding.id) ?? { index: rules.size, rule: ruleOf(finding) };
    rules.set(finding.id, known);
    const rated: RatedFinding = {
      finding,
      ruleIndex: known.index,
      imageName: image.name,
      digest: image.digest,
      uri: artifactUri(repository),
      fingerprint: fingerprints.of(repository, finding),
    };
    return resultOf(rated);
  });
  const run: Run = {
    tool: {
      driver: {
        name: 'Registry scan gate',
        semanticVersion: actionVersion,
        rules: [...rules.values()].map(({ rule }) => rule),
      },
    },
    automationDetails: { id: categoryOf(record) },
    columnKind: 'utf16CodeUnits',
    invocations: [{ executionSuccessful: true, ...(omitted > 0 ? notified(omitted) : {}) }],
    results,
    properties: { omittedResults: omitted },
  };
  return { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] };
}

/** Uploads of one category replace each other, so several gates of one workflow need one each. */
function categoryOf({ images }: StepRecord): string {
  const repositories = new Set(images.map(({ name }) => repositoryIn(name)));
  const [only] = repositories;
  return repositories.size === 1 && only !== undefined
    ? `registry-scan-gate/${only}/`
    : 'registry-scan-gate/';
}

function notified(omitted: number): Partial<NonNullable<Run['invocations']>[number]> {
  const text = `Left out ${omitted} findings that are less severe than those listed.`;
  return { toolExecutionNotifications: [{ level: 'note', message: { text } }] };
}
