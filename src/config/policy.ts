import { createHash } from 'node:crypto';
import type { Files } from '../host.ts';
import type { Exception } from '../policy/exception.ts';
import type { Policy } from '../policy/policy.ts';
import { hasGate } from '../policy/policy.ts';
import { SEVERITIES, type Severity, severityOf } from '../scan/severity.ts';
import { sanitize } from '../text/sanitize.ts';
import { type InputReader, shown } from './input-reader.ts';

const CUTOFFS = ['none', ...SEVERITIES] as const;

interface ExceptionsFile {
  readonly exceptions: readonly Exception[];
  /** The SHA-256 of its bytes, `sha256:…`; undefined where there is no file. */
  readonly exceptionsDigest: string | undefined;
}

/** What a finished scan must satisfy, and the digest of the file of exceptions. */
export async function readPolicy(
  reader: InputReader,
  files: Pick<Files, 'read'>,
): Promise<{ readonly policy: Policy; readonly exceptionsDigest: string | undefined }> {
  const { exceptions, exceptionsDigest } = await readExceptions(reader, files);
  const policy: Policy = {
    severityCutoff: readCutoff(reader, 'severity-cutoff'),
    onlyFixed: reader.flag('only-fixed'),
    complianceCutoff: readCutoff(reader, 'compliance-cutoff'),
    failOnPolicy: reader.flag('fail-on-policy'),
    exceptions,
  };
  warnWithoutEffect(reader, policy);
  return { policy, exceptionsDigest };
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

/** An input that only qualifies a gate which is not set. */
function warnWithoutEffect(reader: InputReader, policy: Policy): void {
  if (policy.onlyFixed && policy.severityCutoff === undefined) {
    reader.warn('Input only-fixed has no effect without severity-cutoff.');
  }
  if (reader.isSet('exceptions') && !hasGate(policy)) {
    reader.warn(
      'Input exceptions has no effect without a gate: severity-cutoff, compliance-cutoff or fail-on-policy.',
    );
  }
}

async function readExceptions(reader: InputReader, files: Pick<Files, 'read'>): Promise<ExceptionsFile> {
  const none: ExceptionsFile = { exceptions: [], exceptionsDigest: undefined };
  const path = reader.text('exceptions');
  if (path === '') return none;
  const text = reader.file('exceptions', path, 'the path of a YAML file', files);
  if (text === undefined) return none;
  // The YAML parser is loaded only where it is needed. The bundler keeps it in the same file.
  const { parseExceptions } = await import(/* webpackMode: "eager" */ '../policy/exceptions-file.ts');
  const list = parseExceptions(text);
  if ('exceptions' in list) {
    const digest = createHash('sha256').update(text, 'utf8').digest('hex');
    return { exceptions: list.exceptions, exceptionsDigest: `sha256:${digest}` };
  }
  reader.refuse(
    `Input exceptions names the file ${shown(path)}, which cannot be used: ${sanitize(list.wrong)}. Expected a list of ` +
      'entries with id, reason and until, and optionally package and image.',
  );
  return none;
}
