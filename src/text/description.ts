/** What a sentence is about. */
export interface Subject {
  /** The reference of the image, `the registries`, or `the image` where its name stands beside the sentence. */
  readonly name: string;
  /** Where to report a defect; undefined where that is not known. */
  readonly issuesPage: string | undefined;
}

/** What people read about a decision; each part says what no other says. */
export interface Description {
  /** What happened and its cause: sentences. */
  readonly what: string;
  /** What to do: one or two sentences. */
  readonly todo: string;
  /** What happened, for a list of images: a clause without name and full stop. */
  readonly brief: string;
}
