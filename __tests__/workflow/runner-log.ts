import type { ChildProcess } from 'node:child_process';

/** The runner's output, without its colours. */
export class RunnerLog {
  /** Settles once the runner has ended, and all is read. */
  readonly end: Promise<void>;
  readonly #watchers = new Set<() => void>();
  #text = '';
  #hasEnded = false;

  constructor(runner: ChildProcess) {
    for (const stream of [runner.stdout, runner.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#text += text;
        this.#look();
      });
    }
    this.end = new Promise((resolve, reject) => {
      runner.on('error', reject);
      runner.on('close', () => {
        this.#hasEnded = true;
        this.#look();
        resolve();
      });
    });
  }

  get text(): string {
    return this.#text;
  }

  /** Settles once the log has this text; rejects if the run ends without it. */
  shows(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (!this.#text.includes(text) && !this.#hasEnded) return;
        this.#watchers.delete(look);
        if (this.#text.includes(text)) resolve();
        else reject(new Error(`The run ended, and its log never showed: ${text}\n${this.#text}`));
      };
      this.#watchers.add(look);
      look();
    });
  }

  #look(): void {
    for (const look of this.#watchers) look();
  }
}
