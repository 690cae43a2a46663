import type { ImageProduct } from './image-product.ts';
import type { PackageUrl } from './package-url.ts';

export const VEX_STATUSES = ['not_affected', 'affected', 'fixed', 'under_investigation'] as const;
export type VexStatus = (typeof VEX_STATUSES)[number];

export const VEX_JUSTIFICATIONS = [
  'component_not_present',
  'vulnerable_code_not_present',
  'vulnerable_code_not_in_execute_path',
  'vulnerable_code_cannot_be_controlled_by_adversary',
  'inline_mitigations_already_exist',
] as const;
export type VexJustification = (typeof VEX_JUSTIFICATIONS)[number];

/** One OpenVEX document: https://github.com/openvex/spec. */
export interface VexDocument {
  /** Undefined if it has none; then no other document replaces it. */
  readonly id: string | undefined;
  readonly author: string | undefined;
  /** Undefined if it has none; then any other version of the document is newer. */
  readonly version: number | undefined;
  readonly statements: readonly VexStatement[];
  /** Members that the standard does not have, such as `statements[2].expires`. */
  readonly unknownMembers: readonly string[];
}

export interface VexStatement {
  /** Its position in the document, from 1. */
  readonly number: number;
  /** The name of the vulnerability as written. */
  readonly vulnerability: string;
  /** Name and aliases in lower case. */
  readonly ids: readonly string[];
  readonly status: VexStatus;
  /** Undefined if there is none, or one that is not in the standard. */
  readonly justification: VexJustification | undefined;
  readonly impactStatement: string | undefined;
  /** The time of the statement, or else of the document; undefined if neither is readable. */
  readonly time: VexTime | undefined;
  readonly products: readonly VexProduct[];
}

export interface VexTime {
  readonly text: string;
  readonly epochMs: number;
}

export type VexProduct =
  /** An image: the whole of it, if no subcomponents are named. */
  | {
      readonly kind: 'image';
      readonly image: ImageProduct;
      readonly subcomponents: readonly VexComponent[] | undefined;
    }
  /** A package in every image. */
  | { readonly kind: 'package'; readonly urls: readonly PackageUrl[] }
  /** A package in another package. */
  | { readonly kind: 'package-in-package' }
  | { readonly kind: 'unreadable'; readonly text: string };

/** A subcomponent: the package that its identifiers name; none if it is unreadable. */
export interface VexComponent {
  readonly urls: readonly PackageUrl[];
  readonly text: string;
}
