/** One package as the row lists it (`packages[].pkgs[]`). Texts are sanitized like those of findings. */
export interface ReportedPackage {
  /** The Console's word: `package` for the system's own, `python`, `jar`, `go` …; undefined if there is none. */
  readonly type: string | undefined;
  readonly name: string | undefined;
  readonly version: string | undefined;
  /** The package URL as given, in ASCII; undefined if there is none (before 32.04). */
  readonly purl: string | undefined;
  /** Path in the image; undefined if there is none. */
  readonly path: string | undefined;
  /** The binary packages built from this source package; Debian's findings name the source. */
  readonly binaryNames: readonly string[];
  readonly licenses: readonly string[];
}

/** The system of an image as the row names it: `debian`, `12.13`, `bookworm`; undefined for what it does not name. */
export interface Distribution {
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly release: string | undefined;
}
