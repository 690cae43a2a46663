import type { RunInfo } from '../host.ts';
import type { RunRecord } from '../policy/record.ts';

/** What was decided and why: the record as it stands, and by which program it was written. */
export function receiptOf(record: RunRecord, { version, url }: Pick<RunInfo, 'version' | 'url'>) {
  const tool = { name: 'registry-scan-gate', version };
  return { ...record, run: { tool, url: url === '' ? null : url, ...record.run } };
}
