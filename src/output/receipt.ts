import type { RunInfo } from '../host.ts';
import type { RunRecord } from '../policy/record.ts';
import { TOOL } from '../text/version.ts';

/** The decision and its reasons: the record unchanged, and the program that wrote it. */
export function receiptOf(record: RunRecord, { version, url }: Pick<RunInfo, 'version' | 'url'>) {
  const tool = { name: TOOL, version };
  return { ...record, run: { tool, url: url === '' ? null : url, ...record.run } };
}
