/** A file of the input `exceptions`. */
export interface ExceptionFile {
  /** The path, as the input names it. */
  readonly path: string;
  readonly format: 'exceptions' | 'trivyignore' | 'openvex';
  /** The SHA-256 of its bytes, `sha256:…`. */
  readonly digest: string;
}
