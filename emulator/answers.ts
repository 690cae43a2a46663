import type { ErrorBody, ImageScanResult, RegistryScanProgress } from './wire.ts';

export type TriggerResult = {
  readonly status: 200 | 400;
  readonly body: '' | ErrorBody;
  /** How long the answer is held back, in milliseconds; the scan has begun all the same. */
  readonly answerAfterMs: number;
};

export type ProgressQuery = {
  readonly onDemand?: boolean | undefined;
  readonly registry?: string | undefined;
  readonly repo?: string | undefined;
  readonly tag?: string | undefined;
  readonly digest?: string | undefined;
};

export type ProgressResult =
  | { readonly status: 200; readonly body: RegistryScanProgress[] }
  | { readonly status: 400; readonly body: ErrorBody };

export type ReportQuery = {
  readonly name?: readonly string[] | undefined;
  readonly repository?: readonly string[] | undefined;
  readonly registry?: readonly string[] | undefined;
  readonly id?: readonly string[] | undefined;
  readonly imageID?: readonly string[] | undefined;
  readonly offset?: number | undefined;
  readonly limit?: number | undefined;
  readonly sort?: string | undefined;
  readonly reverse?: boolean | undefined;
  readonly compact?: boolean | undefined;
  readonly normalizedSeverity?: boolean | undefined;
};

export type ReportResult =
  | {
      readonly status: 200;
      readonly body: Partial<ImageScanResult>[] | null;
      /** Rows in all, for the header; undefined where the Console sends none. */
      readonly totalCount: number | undefined;
    }
  | { readonly status: 403 | 404; readonly body: ErrorBody }
  | {
      readonly status: 429;
      readonly body: ErrorBody | string;
      /** For `Retry-After`; undefined where the Console does not say. */
      readonly retryAfterSeconds: number | undefined;
    };

export type NamesResult = { readonly status: 200; readonly body: string[] | null };
