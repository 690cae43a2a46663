/** One package as the row lists it (`packages[].pkgs[]`). Texts are sanitized like those of findings. */
export interface ReportedPackage {
  /** The Console's word: `package` for the system's own, `python`, `jar`, `go` …; empty if there is none. */
  readonly type: string;
  readonly name: string;
  readonly version: string;
  /** The package URL as given, in ASCII; undefined if there is none (before 32.04). */
  readonly purl: string | undefined;
  /** Path in the image; empty if there is none. */
  readonly path: string;
  /** The binary packages built from this source package; Debian's findings name the source. */
  readonly binaryNames: readonly string[];
  readonly licenses: readonly string[];
}

/** The system of an image as the row names it: `debian`, `12.13`, `bookworm`. Empty if unknown. */
export interface Distribution {
  readonly name: string;
  readonly version: string;
  readonly release: string;
}
