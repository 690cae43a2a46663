/** The proof of the end of a scan. */
export type Proof =
  /** A newer row in the report. */
  | 'report'
  /** Progress alone, if the user is not allowed to read the report. */
  | 'progress'
  /** Progress that stopped showing the scan, if the user is not allowed to read the report. */
  | 'progress-lost'
  /** An earlier row that `max-scan-age` accepts. */
  | 'recent'
  /** `await`: the scan was over at the first poll, and the existing row has the requested digest. */
  | 'digest';
