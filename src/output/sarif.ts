import type { Log, ReportingDescriptor, Run } from 'sarif';
import type { RunInfo } from '../host.ts';
import { worstFindings } from '../policy/image-findings.ts';
import type { RunResult } from '../policy/result.ts';
import { omittedTexts } from '../text/file-text.ts';
import { TITLE } from '../text/version.ts';
import { artifactUri, Fingerprints, ruleIdOf } from './sarif-identity.ts';
import { sarifResult, sarifRule } from './sarif-result.ts';

/** Code scanning shows no more results than this. */
export const MOST_RESULTS = 5_000;

/**
 * The worst findings as SARIF 2.1.0 for code scanning, with one rule for each id. The same findings in any order give
 * the same file. It has no `automationDetails.id`, so the category of the upload decides which alerts it replaces.
 */
export function sarifOf({ images }: RunResult, { version }: Pick<RunInfo, 'version'>): Log {
  const { located, omitted } = worstFindings(images, MOST_RESULTS);
  const rules = new Map<string, { readonly index: number; readonly rule: ReportingDescriptor }>();
  const fingerprints = new Fingerprints();
  const results = located.map((one) => {
    const ruleId = ruleIdOf(one.finding);
    // The worst finding of a rule comes first, and determines the severity of the rule.
    const { index, rule } = rules.get(ruleId) ?? { index: rules.size, rule: sarifRule(ruleId, one.finding) };
    rules.set(ruleId, { index, rule });
    return sarifResult(one, {
      ruleId,
      ruleIndex: index,
      uri: artifactUri(one.image),
      fingerprint: fingerprints.of(one.image, one.finding),
    });
  });
  const run: Run = {
    tool: {
      driver: {
        name: TITLE,
        semanticVersion: version,
        rules: [...rules.values()].map(({ rule }) => rule),
      },
    },
    columnKind: 'utf16CodeUnits',
    invocations: [{ executionSuccessful: true, ...notesOf(omitted) }],
    results,
    properties: { omittedResults: omitted },
  };
  return { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] };
}

function notesOf(omitted: number): Partial<NonNullable<Run['invocations']>[number]> {
  const notes = omittedTexts(omitted).map((text) => ({ level: 'note', message: { text } }) as const);
  return notes.length === 0 ? {} : { toolExecutionNotifications: notes };
}
