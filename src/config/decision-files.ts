import { createHash } from 'node:crypto';
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import type { Files } from '../host.ts';
import { DecodeError } from '../http/decode.ts';
import { refuseAmbiguousKeys } from '../http/strict-json.ts';
import type { DecisionBook } from '../policy/waivers/decisions/decision-book.ts';
import type { Exception, ExceptionFile } from '../policy/waivers/exception.ts';
import { DAY_MS } from '../scan/duration.ts';
import { firstOf } from '../text/plural.ts';
import { sanitize } from '../text/sanitize.ts';
import type { DecisionFile } from './decision-files/decision-file.ts';
import { FileMistake } from './decision-files/file-mistake.ts';
import { OPENVEX_MEMBERS } from './decision-files/openvex.ts';
import type { UnusableEntry } from './decision-files/trivyignore.ts';
import { type InputReader, shown } from './input-reader.ts';

/** The contents of the files of the input `exceptions`. */
interface Decisions {
  readonly exceptions: readonly Exception[];
  readonly book: DecisionBook;
  readonly files: readonly ExceptionFile[];
}

interface ReadFile {
  readonly path: string;
  readonly digest: string;
  readonly file: DecisionFile;
}

const MOST_FILE_BYTES = 1024 * 1024;
/** Maximum number of entries or members that a warning names. */
const MEMBERS_NAMED = 10;

/** Reads every file that `exceptions` names, one a line. Each unusable file is a mistake in the inputs. */
export async function readDecisions(reader: InputReader, files: Pick<Files, 'read'>): Promise<Decisions> {
  const vexMaxAgeMs = reader.durationMs('vex-max-age', { leastMs: 3_600_000, mostMs: 3_650 * DAY_MS });
  const paths = new Set(
    reader
      .text('exceptions')
      ?.split(/\r\n|\r|\n/)
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  );
  const read: ReadFile[] = [];
  for (const path of paths) {
    const one = await readFile(reader, files, path);
    // Ten files of 1 MiB take a second, during which signals have to be handled.
    await yieldToEvents();
    if (one !== undefined) read.push(one);
  }
  const vexFiles = read.flatMap(({ path, file }) =>
    file.format === 'openvex' ? [{ file: sanitize(path), document: file.document }] : [],
  );
  if (reader.isSet('vex-max-age') && vexFiles.length === 0 && read.length === paths.size) {
    reader.warn('Input vex-max-age has no effect without an OpenVEX document in exceptions.');
  }
  return {
    exceptions: read.flatMap(({ file }) => (file.format === 'exceptions' ? file.exceptions : [])),
    book: {
      vexFiles,
      ignoreFiles: read.flatMap(({ path, file }) =>
        file.format === 'trivyignore' ? [{ file: sanitize(path), entries: file.ignore.entries }] : [],
      ),
      vexMaxAgeMs,
    },
    files: read.map(({ path, digest, file }) => ({ path, format: file.format, digest })),
  };
}

async function readFile(
  reader: InputReader,
  files: Pick<Files, 'read'>,
  path: string,
): Promise<ReadFile | undefined> {
  const text = reader.file('exceptions', path, 'the path of a file of exceptions', files);
  if (text === undefined) return undefined;
  // The YAML parser is loaded only if it is needed. The bundler keeps it in the same file.
  const { readDecisionFile } = await import(/* webpackMode: "eager" */ './decision-files/decision-file.ts');
  try {
    if (Buffer.byteLength(text) > MOST_FILE_BYTES) throw new FileMistake('it is larger than 1 MiB');
    const file = readDecisionFile(text.replace(/^\ufeff/, ''), parseUnambiguousJson);
    warnOf(file, path, reader);
    const digest = createHash('sha256').update(text, 'utf8').digest('hex');
    return { path, file, digest: `sha256:${digest}` };
  } catch (error) {
    if (!(error instanceof FileMistake)) throw error;
    reader.refuse(
      `Input exceptions names the file ${shown(path)}, which cannot be used: ${sanitize(error.message)}.`,
    );
    return undefined;
  }
}

/**
 * The object of a JSON text; undefined for any other text. Duplicate keys are refused, because other scanners,
 * written in Go, read the same file.
 */
function parseUnambiguousJson(text: string): unknown {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  try {
    refuseAmbiguousKeys(text, OPENVEX_MEMBERS);
  } catch (error) {
    if (error instanceof DecodeError) throw new FileMistake(error.message);
    throw error;
  }
  return json;
}

/** Warns of the parts of a valid file that accept nothing. */
function warnOf(file: DecisionFile, path: string, reader: InputReader): void {
  if (file.format === 'openvex' && file.document.unknownMembers.length > 0) {
    const members = firstOf(file.document.unknownMembers, MEMBERS_NAMED);
    reader.warn(
      `The file ${shown(path)} has members that OpenVEX does not have, which are ignored: ${members}.`,
    );
  }
  if (file.format !== 'trivyignore') return;
  const { unusable, ignoredSections } = file.ignore;
  if (unusable.length > 0) {
    reader.warn(
      `Entries of ${shown(path)} accept nothing here, since an exception needs an id, a reason (statement) and a last ` +
        `day (expired_at): ${firstOf(unusable.map(describeEntry), MEMBERS_NAMED, '; ')}.`,
    );
  }
  if (ignoredSections.length > 0) {
    reader.warn(
      `The file ${shown(path)} has sections that accept nothing here: ${firstOf(ignoredSections, MEMBERS_NAMED)}.`,
    );
  }
}

function describeEntry({ number, id, wrong }: UnusableEntry): string {
  const name = id === undefined ? `entry ${number}` : `entry ${number} (${id})`;
  return wrong.kind === 'lacks'
    ? `${name} has no usable ${wrong.field}`
    : `${name} has the unknown field ${wrong.field}`;
}
