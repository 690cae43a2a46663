import { type Answer, json } from './scripted-console.ts';

/** The Console's data about scans, in the form of the API. */

interface Phase {
  readonly scanned?: unknown;
  readonly total?: unknown;
  readonly error?: string;
  readonly title?: string;
}

interface EntryGiven {
  readonly discovery?: Phase;
  readonly imageScan?: Phase;
}

/** One entry of `registry/progress`. */
export function entry(isScanOngoing: boolean, { discovery = {}, imageScan = {} }: EntryGiven = {}): unknown {
  return {
    discovery: {
      id: '',
      type: '',
      discovery: false,
      scanned: 1,
      total: 1,
      title: 'Step 1/2 discovering tags in repository: library/alpine, tag: 3.16',
      ...discovery,
    },
    imageScan: {
      id: '',
      type: '',
      discovery: false,
      scanned: isScanOngoing ? 0 : 1,
      total: 1,
      title: 'Step 2/2 scanning images in repository: library/alpine, tag: 3.16',
      ...imageScan,
    },
    isScanOngoing,
    specScanStartTime: '0001-01-01T00:00:00Z',
  };
}

export const nothing: Answer = json([]);
export const ongoing: Answer = json([entry(true)]);
export const ended: Answer = json([entry(false)]);

/** Half an hour and more before the Console's time of the first response. */
export const OLD_TIME = '2026-11-20T08:00:00.123Z';
/** A minute after it. */
export const NEW_TIME = '2026-11-20T09:30:00.456Z';
export const OLD_DIGEST = `sha256:${'0'.repeat(64)}`;
export const NEW_DIGEST = `sha256:${'1'.repeat(64)}`;

/** One row of the report, of `library/alpine:3.16` on Docker Hub, with whatever is given instead. */
export function row(scanTime: string, given: Readonly<Record<string, unknown>> = {}): unknown {
  const digest = scanTime === NEW_TIME ? NEW_DIGEST : OLD_DIGEST;
  return {
    _id: `sha256:${'c'.repeat(64)}`,
    id: `sha256:${'c'.repeat(64)}`,
    repoTag: { registry: '', repo: 'library/alpine', tag: '3.16' },
    repoDigests: [`library/alpine@${digest}`],
    scanTime,
    vulnerabilities: null,
    packages: [],
    vulnerabilityDistribution: { critical: 1, high: 2, medium: 3, low: 4, total: 10 },
    vulnerabilitiesCount: 10,
    ...given,
  };
}

export const oldRow: Answer = json([row(OLD_TIME)]);
export const newRow: Answer = json([row(NEW_TIME)]);
/** A newer row without findings, so that nothing warns of them. */
export const cleanRow: Answer = json([
  row(NEW_TIME, {
    vulnerabilityDistribution: { critical: 0, high: 0, medium: 0, low: 0, total: 0 },
    vulnerabilitiesCount: 0,
  }),
]);
