/** A file of decisions that cannot be used. The message continues “the file cannot be used: …”. */
export class FileMistake extends Error {
  constructor(wrong: string) {
    super(wrong);
    this.name = 'FileMistake';
  }
}
