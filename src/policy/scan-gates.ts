import { type Identity, unscannedPlatforms } from '../image/identity.ts';
import type { Image, Subject } from '../image/image.ts';
import type { FailedRead, PlatformManifest } from '../image/manifests.ts';
import { isUnknownPlatform } from '../image/platform.ts';
import type { ImageScanResult } from '../scan/evidence.ts';
import type { Finished, GivenUp } from '../scan/state.ts';
import { type GateResult, gateResult } from './gates.ts';
import type { WaitGivenUp } from './given-up.ts';
import type { Reason } from './reasons.ts';

/** The registry's evidence on the identity of an image. */
export interface IdentityEvidence {
  /** Undefined if no digest was requested, or the report has no row. */
  readonly identity: Identity | undefined;
  /** The reason why the registry could not be asked; undefined if it was, or was not needed. */
  readonly registryError: FailedRead | undefined;
  /** The platforms that `platforms` requires, one of which the row has to show; empty for any. */
  readonly requiredPlatforms: readonly PlatformManifest[];
}

/** The gate of a finished scan: met without an error. */
export function finishedGate({ error, row, proof }: Finished): GateResult {
  const scanError = error ?? row?.error;
  if (scanError !== undefined) {
    const detail = { kind: 'scan-error', error: scanError } as const;
    return gateResult('scan', 'scan-error', { state: 'not-met', detail });
  }
  const reason = proof === 'recent' ? 'recent-scan' : 'scan-completed';
  return gateResult('scan', reason, { detail: { kind: 'proven', proof, scanTime: row?.scanTime?.text } });
}

/** The reason of each end, and the reason for one of several platforms: the Console did not scan it. */
const REASON_OF_END = {
  'not-triggered': ['not-started', 'platform-unscanned'],
  'not-started': ['not-started', 'platform-unscanned'],
  'still-scanning': ['still-scanning', 'still-scanning'],
  unconfirmed: ['unconfirmed', 'unconfirmed'],
  incomplete: ['scan-incomplete', 'platform-unscanned'],
} as const satisfies Record<GivenUp['why'], readonly [Reason, Reason]>;

/** The gate of a wait that was given up. */
export function givenUpGate(subject: Subject, facts: WaitGivenUp): GateResult {
  const [reason, reasonOfPlatform] = REASON_OF_END[facts.why];
  const isPlatform = subject !== 'regular-scan' && subject.platform !== undefined;
  return gateResult('scan', isPlatform ? reasonOfPlatform : reason, {
    state: facts.why === 'incomplete' ? 'not-met' : 'unknown',
    detail: { kind: 'given-up', facts },
  });
}

/**
 * The gates on identity: the scanned image is the requested one, with all its platforms. None unless a digest or
 * platforms were requested.
 */
export function identityGates(
  image: Image,
  row: ImageScanResult | undefined,
  evidence: IdentityEvidence,
): readonly GateResult[] {
  if (image.digest === undefined) return [];
  return [digestGate(image, row, evidence), ...platformGates(image, evidence)];
}

/** The gates on identity before the scan is proven. */
export function unevaluatedIdentityGates(image: Image): readonly GateResult[] {
  if (image.digest === undefined) return [];
  const open = { state: 'unknown', detail: { kind: 'not-evaluated' } } as const;
  const digest = gateResult('digest', 'digest-mismatch', open);
  return image.platform === undefined
    ? [digest]
    : [digest, gateResult('platforms', 'platform-unscanned', open)];
}

function digestGate(
  image: Image,
  row: ImageScanResult | undefined,
  { identity, registryError }: IdentityEvidence,
): GateResult {
  if (row === undefined || identity === undefined) {
    // An image that the Console was asked to scan by digest has that digest.
    if ('digest' in image.scanBy) return gateResult('digest', 'digest-mismatch');
    return gateResult('digest', 'report-unavailable', {
      state: 'unknown',
      detail: { kind: 'no-row-for-digest' },
    });
  }
  switch (identity.kind) {
    case 'same':
      return gateResult('digest', 'digest-mismatch');
    case 'different': {
      const { why, shown, platforms } = identity;
      const { isArm64 } = row;
      const detail = { kind: 'different-image', why, shown, platforms, isArm64, registryError } as const;
      return why === 'no-digest'
        ? gateResult('digest', 'report-unavailable', { state: 'unknown', detail })
        : gateResult('digest', 'digest-mismatch', { state: 'not-met', detail });
    }
    case 'needs-registry': {
      const { digests, imageId } = row;
      const shown = digests.length > 0 ? digests : imageId === undefined ? [] : [imageId];
      const detail = { kind: 'registry-not-asked', shown, registryError } as const;
      return gateResult('digest', 'digest-mismatch', { state: 'not-met', detail });
    }
  }
}

function platformGates(
  image: Image,
  { identity, registryError, requiredPlatforms }: IdentityEvidence,
): readonly GateResult[] {
  if (requiredPlatforms.length === 0 && image.platform === undefined) return [];
  if (identity?.kind !== 'same') {
    // A platform that the Console was asked to scan by its own digest is that platform.
    const isKnown = image.platform !== undefined && !isUnknownPlatform(image.platform);
    const isNamed = identity === undefined && isKnown && 'digest' in image.scanBy;
    if (isNamed) return [gateResult('platforms', 'platform-unscanned')];
    const detail = { kind: 'not-evaluated' } as const;
    return [gateResult('platforms', 'platform-unscanned', { state: 'unknown', detail })];
  }
  const platforms = unscannedPlatforms(requiredPlatforms, identity.scanned);
  if (platforms.length === 0) return [gateResult('platforms', 'platform-unscanned')];
  const detail = { kind: 'unscanned-platforms', platforms, registryError } as const;
  return [gateResult('platforms', 'platform-unscanned', { state: 'not-met', detail })];
}
