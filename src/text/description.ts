/** The subject of a sentence. */
export interface SentenceSubject {
  /** The reference of the image, `the registries`, or `the image` if its name is shown beside the sentence. */
  readonly name: string;
  /** The page to report a defect; undefined if unknown. */
  readonly issuesPage: string | undefined;
}

/** The texts about a decision; no part repeats another. */
export interface Description {
  /** The event and its cause: sentences. */
  readonly what: string;
  /** The advice: one or two sentences. */
  readonly todo: string;
  /** The event, for a list of images: a clause without name and full stop. */
  readonly brief: string;
}
