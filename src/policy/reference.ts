import type { Digest, Image } from '../image/image.ts';
import type { FindingCounts } from '../scan/finding.ts';
import type { ImageScanResult } from '../scan/types.ts';

/** What the report says of a reference image. */
export type ReferenceReading =
  /** Every row of it; several if the report has more than one image for the reference. */
  | { readonly kind: 'rows'; readonly rows: readonly ImageScanResult[] }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly why: string };

/** The image that `compare-with` names for one of ours. */
export interface Reference {
  /** As people write it: `registry.example.com/production/app:latest`. */
  readonly name: string;
  readonly image: Image;
  readonly reading: ReferenceReading;
}

/** The row of the reference that an image was compared with. */
export interface ReferenceRow {
  readonly digest: Digest | undefined;
  readonly scanTime: string | undefined;
}

/** How an image compares with its reference. */
export type Comparison =
  /** The report has no row of the reference, so everything is new. */
  | { readonly kind: 'absent'; readonly reference: string; readonly added: FindingCounts | undefined }
  /** The report has the reference for another platform only, so everything is new. */
  | { readonly kind: 'other-platform'; readonly reference: string; readonly added: FindingCounts | undefined }
  /** It is not known what the reference has. */
  | {
      readonly kind: 'unavailable';
      readonly reference: string;
      readonly why: 'unreadable' | 'several-images';
      /** What was refused; empty if that is not the cause. */
      readonly detail: string;
    }
  /** The reference is the very image, in the same repository: the tag has moved already, and nothing is forgiven. */
  | {
      readonly kind: 'same-image';
      readonly reference: string;
      readonly row: ReferenceRow;
      readonly added: FindingCounts | undefined;
    }
  | {
      readonly kind: 'compared';
      readonly reference: string;
      readonly row: ReferenceRow;
      /** Vulnerabilities that the reference does not have, before exceptions. */
      readonly added: FindingCounts | undefined;
      readonly known: FindingCounts;
      /** How many vulnerabilities of the reference the image does not have. */
      readonly gone: number;
      /** True if the row of the reference has an error, or lists less than it counts. */
      readonly isPartial: boolean;
      /** True if the reference is the very image in another repository: it is promoted already. */
      readonly isPromoted: boolean;
    };
