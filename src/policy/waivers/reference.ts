import type { Digest, Image } from '../../image/image.ts';
import type { ImageScanResult } from '../../scan/evidence.ts';
import type { FindingCounts } from '../../scan/finding.ts';

/** The report on a reference image. */
export type ReferenceReading =
  /** Every row of the reference; several if the report has more than one image for it. */
  | { readonly kind: 'rows'; readonly rows: readonly ImageScanResult[] }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly why: string };

/** The image that `compare-with` names for an image of the step. */
export interface Reference {
  /** The reference for people: `registry.example.com/production/app:latest`. */
  readonly name: string;
  readonly image: Image;
  readonly reading: ReferenceReading;
}

/** The row of the reference that an image was compared with. */
export interface ReferenceRow {
  readonly digest: Digest | undefined;
  readonly scanTime: string | undefined;
}

/** The comparison of an image with its reference. */
export type Comparison =
  /** The report has no row of the reference, so everything is new. */
  | { readonly kind: 'absent'; readonly reference: string; readonly added: FindingCounts | undefined }
  /** The report has the reference only for another platform, so everything is new. */
  | { readonly kind: 'other-platform'; readonly reference: string; readonly added: FindingCounts | undefined }
  /** The findings of the reference are unknown. */
  | {
      readonly kind: 'unavailable';
      readonly reference: string;
      readonly why: 'unreadable' | 'several-images';
      /** The refused call as a clause; undefined if that is not the cause. */
      readonly detail: string | undefined;
    }
  /** The reference is the same image in the same repository: the tag has already moved, and nothing is waived. */
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
      /** The number of vulnerabilities of the reference that the image does not have. */
      readonly gone: number;
      /** True if the row of the reference has an error, or lists less than it counts. */
      readonly isPartial: boolean;
      /** True if the reference is the same image in another repository: it is already promoted. */
      readonly isPromoted: boolean;
    };
