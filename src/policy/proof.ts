/** What proved the end of a scan. */
export type Proof =
  /** A newer row in the report. */
  | 'report'
  /** Progress alone, where the report may not be read. */
  | 'progress'
  /** Progress that stopped showing the scan, where the report may not be read. */
  | 'progress-lost'
  /** A row of before that `max-scan-age` accepts. */
  | 'recent'
  /** `await`: the scan was over at the first poll, and the row that is there carries the digest asked for. */
  | 'digest';
