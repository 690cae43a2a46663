import type { Because } from '../../src/policy/because.ts';
import type { GateDetail } from '../../src/policy/gates.ts';
import type { ImageWarning } from '../../src/policy/image-warnings.ts';
import type { Waiver } from '../../src/policy/waivers/waiver.ts';

/** All kinds of each union of facts: the types require every one. */

export const BECAUSE_KINDS: Readonly<Record<Because['kind'], true>> = {
  'scan-finished': true,
  'gates-not-met': true,
  'platform-absent': true,
  'registry-unread': true,
  'call-failed': true,
  'wrong-input': true,
  stopped: true,
  'checks-done': true,
  'secret-late': true,
  'outputs-lost': true,
  defect: true,
};

export const DETAIL_KINDS: Readonly<Record<GateDetail['kind'], true>> = {
  none: true,
  'not-evaluated': true,
  proven: true,
  'given-up': true,
  'no-response': true,
  'ended-by-error': true,
  'scan-error': true,
  'no-row-for-digest': true,
  'different-image': true,
  'registry-not-asked': true,
  'unscanned-platforms': true,
  'no-row': true,
  'findings-unread': true,
  'at-or-above': true,
  unlisted: true,
  exploited: true,
  'unlisted-exploit': true,
  'exploits-unsaid': true,
  'reference-unavailable': true,
  'no-compliance': true,
  'unsupported-distribution': true,
};

export const WAIVER_KINDS: Readonly<Record<Waiver['kind'], true>> = {
  exception: true,
  vex: true,
  known: true,
  grace: true,
  'no-fix': true,
};

export const WARNING_KINDS: Readonly<Record<ImageWarning['kind'], true>> = {
  'lost-without-report': true,
  'no-report': true,
  'no-single-digest': true,
  'findings-unread': true,
  'unknown-words': true,
  'ignored-fields': true,
  'unsupported-distribution': true,
};
