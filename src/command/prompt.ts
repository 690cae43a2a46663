import type { Readable } from 'node:stream';

/** Standard input: a terminal, a file or a pipe. */
interface Input extends Readable {
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
}

/** The terminal of a person. */
export interface Terminal {
  readonly input: Input;
  readonly write: (text: string) => unknown;
  /** Called for Ctrl-C, which is not a signal while a terminal shows no input. */
  readonly interrupt: () => void;
}

const INTERRUPT = '\u0003';
const END_OF_INPUT = '\u0004';
const ERASE_LINE = '\u0015';

/**
 * Asks a person for a line without showing the input. Rejects with the reason of `end` when that aborts. Always
 * restores the state of the terminal.
 */
export async function askWithoutEcho(
  question: string,
  { input, write, interrupt }: Terminal,
  end: AbortSignal,
): Promise<string> {
  let onAbort = (): void => undefined;
  let onData = (_text: string): void => undefined;
  write(question);
  input.setRawMode?.(true);
  try {
    return await new Promise<string>((resolve, reject) => {
      const line = new TypedLine();
      onAbort = () => reject(end.reason);
      onData = (text) => {
        for (const character of text) {
          if (character === INTERRUPT) interrupt();
          else if (line.type(character)) resolve(line.text);
        }
      };
      end.addEventListener('abort', onAbort);
      input
        .setEncoding('utf8')
        .on('data', onData)
        .once('end', () => resolve(line.text))
        .once('error', reject);
    });
  } finally {
    end.removeEventListener('abort', onAbort);
    input.off('data', onData).pause();
    input.setRawMode?.(false);
    write('\n');
  }
}

/** The line that is being typed, with the keys that correct it. */
class TypedLine {
  #characters: string[] = [];

  get text(): string {
    return this.#characters.join('');
  }

  /** Takes a key; true if it ends the line. */
  type(key: string): boolean {
    if (key === '\r' || key === '\n' || key === END_OF_INPUT) return true;
    if (key === '\u007f' || key === '\b') this.#characters.pop();
    else if (key === ERASE_LINE) this.#characters = [];
    else this.#characters.push(key);
    return false;
  }
}
