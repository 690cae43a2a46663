import type { Files } from '../host.ts';
import type { Policy } from '../policy/policy.ts';
import { hasGate } from '../policy/policy.ts';
import type { ExceptionFile } from '../policy/waivers/exception.ts';
import { SEVERITIES, type Severity, severityOf } from '../scan/severity.ts';
import { readCompareWith } from './compare-with.ts';
import type { Task } from './config.ts';
import { readDecisions } from './decision-files.ts';
import { readGrace } from './grace.ts';
import type { InputReader } from './input-reader.ts';

const CUTOFFS = ['none', ...SEVERITIES] as const;
const EXPLOIT_CUTOFFS = ['none', 'in-the-wild', 'poc'] as const;

/** Reads the policy that a finished scan must satisfy, and its files of exceptions. */
export async function readPolicy(
  reader: InputReader,
  task: Task,
  files: Pick<Files, 'read'>,
): Promise<{ readonly policy: Policy; readonly exceptionFiles: readonly ExceptionFile[] }> {
  const decisions = await readDecisions(reader, files);
  const severityCutoff = readCutoff(reader, 'severity-cutoff');
  const exploitCutoff = reader.choice('exploit-cutoff', EXPLOIT_CUTOFFS);
  const policy: Policy = {
    severityCutoff,
    exploitCutoff: exploitCutoff === 'none' ? undefined : exploitCutoff,
    grace: readGrace(reader, severityCutoff),
    compareWith: readCompareWith(reader, task, severityCutoff),
    onlyFixed: reader.flag('only-fixed'),
    complianceCutoff: readCutoff(reader, 'compliance-cutoff'),
    failOnPolicy: reader.flag('fail-on-policy'),
    exceptions: decisions.exceptions,
    decisions: decisions.book,
  };
  warnWithoutGate(reader, policy);
  return { policy, exceptionFiles: decisions.files };
}

function readCutoff(
  reader: InputReader,
  name: 'severity-cutoff' | 'compliance-cutoff',
): Severity | undefined {
  const cutoff = reader.choice(name, CUTOFFS, (value) => {
    if (['off', 'false', 'no', 'never'].includes(value)) return 'none';
    const severities = SEVERITIES.filter((severity) => value.split(/[\s,]+/).includes(severity));
    if (severities.length > 1) return severities.at(-1);
    return ['all', 'any', 'info', 'informational'].includes(value) ? 'low' : severityOf(value);
  });
  return cutoff === 'none' ? undefined : cutoff;
}

/** Warns of an input that only qualifies a gate which is not set. */
function warnWithoutGate(reader: InputReader, policy: Policy): void {
  if (policy.onlyFixed && policy.severityCutoff === undefined) {
    reader.warn('Input only-fixed has no effect without severity-cutoff.');
  }
  if (reader.isSet('exceptions') && !hasGate(policy)) {
    reader.warn(
      'Input exceptions has no effect without a gate: severity-cutoff, exploit-cutoff, compliance-cutoff or fail-on-policy.',
    );
  }
}
