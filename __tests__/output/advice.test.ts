import { describe, expect, test } from '@jest/globals';
import { adviceOf } from '../../src/output/advice.ts';
import { decide, type Reason, VERDICT_OF } from '../../src/policy/reasons.ts';
import type { ImageResult, RunResult } from '../../src/policy/result.ts';
import type { AssessedFinding } from '../../src/policy/waiver.ts';
import type { TimelineEntry } from '../../src/scan/events.ts';
import {
  assessment,
  finding,
  imageResult,
  otherImage,
  runInfo,
  runRequest,
  runResult,
  unknownImage,
} from './builders.ts';

function adviceFor(reason: Reason, image: ImageResult, given: Partial<RunResult> = {}): string {
  return adviceOf(runResult([{ ...image, decision: decide(reason, '') }], given), runInfo.reasonsPage);
}

const mode = (name: 'trigger' | 'await' | 'await-regular') => ({ request: runRequest({ mode: name }) });

function endedIn(phase: TimelineEntry['phase']): Partial<RunResult> {
  return {
    timeline: [
      { atMs: 0, phase: 'requested' },
      { atMs: 1_000, phase },
      { atMs: 2_000, phase: 'given-up' },
    ],
  };
}

const isReason = (text: string): text is Reason => text in VERDICT_OF;

describe('Advice', () => {
  test('is there for every reason, one short paragraph', () => {
    for (const reason of Object.keys(VERDICT_OF).filter(isReason)) {
      const advice = adviceFor(reason, imageResult());
      expect(advice).toMatch(/^[A-Z].*\.$/);
      expect(advice.length).toBeLessThan(300);
    }
  });

  test('never blames the rights of the user where the report was read', () => {
    for (const image of [
      imageResult(),
      unknownImage({ baseline: { kind: 'absent', readAtMs: undefined } }),
    ]) {
      expect(adviceFor('report-unavailable', image)).not.toContain('read access');
    }
    const unreadable = { kind: 'unreadable', why: 'forbidden', readAtMs: undefined } as const;
    expect(adviceFor('report-unavailable', unknownImage({ baseline: unreadable }))).toContain('read access');
  });

  test('tells what is missing in a report that was read', () => {
    const unlisted = assessment([], { findings: undefined, isComplete: false });
    expect(adviceFor('report-unavailable', imageResult([], { assessment: unlisted }))).toContain(
      'report-timeout',
    );
    const uncounted = assessment([], { isComplete: false });
    expect(adviceFor('report-unavailable', imageResult([], { assessment: uncounted }))).toContain(
      'the counts',
    );
    expect(adviceFor('report-unavailable', imageResult())).toContain('compliance-cutoff');
  });

  test('blames a missing digest only where one was asked for and not found', () => {
    const { image, digest } = imageResult();
    const pinned = imageResult([], {
      image: image && { ...image, digest },
      assessment: assessment([], { findings: undefined, isComplete: false }),
    });
    expect(adviceFor('report-unavailable', pinned)).toContain('leave out digest');
    const verified = { ...pinned, isDigestVerified: true };
    expect(adviceFor('report-unavailable', verified)).not.toContain('leave out digest');
  });

  test('does not send for a fix that does not exist, nor for an exception that cannot apply', () => {
    const holding = (findings: readonly AssessedFinding[]) =>
      imageResult([], { violations: [{ reason: 'severity-cutoff', message: '', findings }] });
    expect(adviceFor('severity-cutoff', holding([finding()]))).toContain('Update to the fixed versions');
    expect(adviceFor('severity-cutoff', holding([finding({ fixedIn: undefined })]))).toContain(
      'No fix is known',
    );
    expect(adviceFor('severity-cutoff', holding([]))).toContain('no exception applies');
  });

  test('names max-scan-age and digest for a scan that was over before', () => {
    expect(adviceFor('unconfirmed', unknownImage(), mode('await'))).toMatch(/max-scan-age.*digest/);
    expect(adviceFor('unconfirmed', unknownImage(), mode('trigger'))).not.toMatch(/max-scan-age|digest/);
  });

  test('does not send back to a scan that the Console has lost', () => {
    expect(adviceFor('still-scanning', unknownImage(), endedIn('lost'))).not.toContain('await');
    expect(adviceFor('still-scanning', unknownImage(), endedIn('image-scan'))).toContain('mode await');
    expect(adviceFor('still-scanning', unknownImage(), endedIn('awaiting-report'))).toContain(
      'report-timeout',
    );
    const regular = { ...endedIn('image-scan'), ...mode('await-regular') };
    expect(adviceFor('still-scanning', unknownImage(), regular)).not.toMatch(/mode await|max-scan-age/);
  });

  test('goes by what starts the scan where there was no sign of one', () => {
    expect(adviceFor('not-started', unknownImage(), mode('trigger'))).toContain('spelled as in the Console');
    expect(adviceFor('not-started', unknownImage(), { ...mode('trigger'), timeline: [] })).toContain(
      'raise timeout',
    );
    expect(adviceFor('not-started', unknownImage(), mode('await'))).toContain('mode trigger');
    expect(adviceFor('not-started', unknownImage(), mode('await-regular'))).toContain('schedule');
  });

  test('does not tell a regular scan to promote by digest', () => {
    const result = runResult([], { decision: decide('scan-completed', ''), ...mode('await-regular') });
    expect(adviceOf(result, '')).not.toContain('digest');
  });

  test('tells what to promote by, where the report gives a digest', () => {
    expect(adviceFor('scan-completed', imageResult())).toContain('by its digest');
    expect(adviceFor('scan-completed', imageResult([], { imageByDigest: undefined }))).toContain('no digest');
    const several = runResult([imageResult(), otherImage('other')], { promotion: undefined });
    expect(adviceOf(several, '')).toContain('which results lists');
  });

  test('offers to join a scan only where this step started one', () => {
    expect(adviceFor('signal', unknownImage())).toContain('join it');
    expect(adviceFor('signal', unknownImage(), { timeline: [] })).toBe('Run again.');
    const stopped = unknownImage({ decision: decide('signal', 'Stopped by SIGTERM.') });
    expect(adviceOf(runResult([stopped, stopped], { timeline: [] }), '')).toContain('join it');
  });

  test('says where to report a defect', () => {
    const internal = runResult([], { decision: decide('internal', '') });
    expect(adviceOf(internal, 'https://github.com/acme/gate/blob/v1/docs/troubleshooting.md')).toMatch(
      /with this log at https:\/\/github\.com\/acme\/gate\/issues\.$/,
    );
    expect(adviceOf(internal, 'docs/troubleshooting.md')).toMatch(/with this log\.$/);
  });
});
