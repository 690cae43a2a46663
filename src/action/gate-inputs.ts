import { plainText } from '../console/plain-text.ts';
import type { Exception } from '../gate/exception.ts';
import type { Gates } from '../gate/gates.ts';
import { SEVERITIES } from '../scan/severity.ts';
import {
  InputError,
  malformed,
  type ReadFile,
  readFlag,
  readInputFile,
  shown,
  type Text,
} from './input-text.ts';

/** What a finished scan must satisfy. */
export async function readGates(text: Text, readFile: ReadFile): Promise<Gates> {
  const cutoff = text('severity-cutoff');
  const severityCutoff = SEVERITIES.find((severity) => severity === cutoff);
  if (cutoff !== '' && severityCutoff === undefined) {
    throw malformed('severity-cutoff', text, `${SEVERITIES.join(', ')}, or nothing for no such gate`);
  }
  return {
    severityCutoff,
    onlyFixed: readFlag('only-fixed', text),
    failOnPolicy: readFlag('fail-on-policy', text),
    exceptions: await readExceptions(text, readFile),
  };
}

async function readExceptions(text: Text, readFile: ReadFile): Promise<readonly Exception[]> {
  const path = text('exceptions');
  if (path === '') return [];
  // Few steps need the parser of YAML, and none should wait for it to be set up before it asks the Console. The
  // bundler keeps it in the one file all the same.
  const { parseExceptions } = await import(/* webpackMode: "eager" */ '../gate/exceptions-file.ts');
  const list = parseExceptions(readInputFile('exceptions', path, 'the path of a YAML file', readFile));
  if ('exceptions' in list) return list.exceptions.map(asPlainText);
  throw new InputError(
    `Input exceptions names a file (${shown(path)}) that cannot be used: ${plainText(list.wrong)}. Expected a list ` +
      'of entries with id, reason and until, and optionally package and image.',
  );
}

/** What the Console says is read as plain text, which changes `IO::Socket`; so what is compared with it is, too. */
function asPlainText(exception: Exception): Exception {
  const { id, package: packageName } = exception;
  return { ...exception, id: plainText(id), package: packageName && plainText(packageName) };
}
