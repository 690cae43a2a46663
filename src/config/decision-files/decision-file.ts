import { isObject, type JsonObject } from '../../http/decode.ts';
import type { VexDocument } from '../../policy/waivers/decisions/vex-statement.ts';
import type { Exception } from '../../policy/waivers/exception.ts';
import { decodeExceptions } from './exception-list.ts';
import { FileMistake } from './file-mistake.ts';
import { decodeOpenVex, OPENVEX_CONTEXT } from './openvex.ts';
import { plainYaml } from './plain-yaml.ts';
import { decodeTrivyIgnore, type TrivyIgnore } from './trivyignore.ts';

/** The content of a file of decisions, which determines its format. */
export type DecisionFile =
  | { readonly format: 'exceptions'; readonly exceptions: readonly Exception[] }
  | { readonly format: 'trivyignore'; readonly ignore: TrivyIgnore }
  | { readonly format: 'openvex'; readonly document: VexDocument };

const FORMATS = 'a list of exceptions with id, reason and until, a .trivyignore.yaml, or OpenVEX 0.2.0';

/**
 * Reads a file of decisions. `parseJson` returns the object of a JSON text, undefined for any other text, and throws
 * for one that other programs read differently. Throws a `FileMistake` that explains what to write instead.
 */
export function readDecisionFile(text: string, parseJson: (text: string) => unknown): DecisionFile {
  // The decoder replaces bytes that are not UTF-8 with this character.
  if (text.includes('\ufffd')) throw new FileMistake('it is not text in UTF-8');
  const json = text.trimStart().startsWith('{') ? parseJson(text) : undefined;
  if (isObject(json) && !isTrivyIgnore(json)) return { format: 'openvex', document: openVexIn(json) };
  refuseOtherText(text);
  const data = plainYaml(text);
  if (data === undefined) throw new FileMistake(`it is empty; expected ${FORMATS}`);
  if (Array.isArray(data)) return { format: 'exceptions', exceptions: decodeExceptions(data) };
  if (!(data instanceof Map)) throw new FileMistake(`it is not ${FORMATS}`);
  const file: ReadonlyMap<unknown, unknown> = data;
  if (file.has('vulnerabilities')) return { format: 'trivyignore', ignore: decodeTrivyIgnore(file) };
  throw new FileMistake(wrongMapping(file));
}

/** JSON is YAML as well, so a `.trivyignore.yaml` may be written in it. */
function isTrivyIgnore(json: JsonObject): boolean {
  return 'vulnerabilities' in json && !['@context', 'bomFormat', 'document'].some((member) => member in json);
}

function openVexIn(json: JsonObject): VexDocument {
  const context = json['@context'];
  if (context === OPENVEX_CONTEXT) return decodeOpenVex(json);
  throw new FileMistake(wrongDocument(json, context));
}

/** The kind of a JSON document that is not OpenVEX 0.2.0, and what to write instead. */
function wrongDocument(json: JsonObject, context: unknown): string {
  const instead = `write its statements as OpenVEX, with @context ${OPENVEX_CONTEXT}`;
  if (typeof context === 'string' && /^https:\/\/openvex\.dev\/ns/i.test(context)) {
    return (
      `it is another version of OpenVEX; ${instead}, each vulnerability as an object with a name, and each ` +
      'product as an object with an @id'
    );
  }
  if ('bomFormat' in json) return `it is a CycloneDX document; ${instead}`;
  if (isObject(json.document) && 'csaf_version' in json.document) return `it is a CSAF document; ${instead}`;
  if ('predicateType' in json || 'payloadType' in json) {
    return 'it is an attestation; give the OpenVEX document that is its predicate';
  }
  return `it is not ${FORMATS}`;
}

function wrongMapping(file: ReadonlyMap<unknown, unknown>): string {
  if (file.get('ignore') instanceof Map) {
    return "it is a policy of Snyk; write a list with id (the CVE), reason and until (Snyk's expires)";
  }
  if (file.has('ignore')) {
    return (
      "it is a configuration of Grype; write a list with id (Grype's vulnerability), reason and until, and " +
      "package (Grype's package.name)"
    );
  }
  if (['misconfigurations', 'secrets', 'licenses'].some((section) => file.has(section))) {
    return 'it is a .trivyignore.yaml without vulnerabilities, and nothing else of it accepts a finding';
  }
  if (file.has('@context'))
    return `it is OpenVEX as YAML; write it as JSON, with @context ${OPENVEX_CONTEXT}`;
  return `it is not ${FORMATS}`;
}

/** A line of a `.trivyignore`: an id of a vulnerability, and perhaps the day on which it ends. */
const IGNORED_LINE = /^(?:CVE|GHSA|PRISMA|AVD|DLA|DSA|RHSA|USN|TEMP)-[\w:-]+(?:\s+exp:\S+)?(?:\s+#.*)?$/i;
/** The same for any other id: a rule for secrets, a licence. */
const ANY_LINE = /^[\w.:+-]+(?<!:)(?:\s+exp:\S+)?(?:\s+#.*)?$/;

/** Refuses a text that is not YAML, or that YAML reads as one text. */
function refuseOtherText(text: string): void {
  if (text.trimStart().startsWith('<')) {
    throw new FileMistake('it is XML; write a list with id, reason and until');
  }
  if (/^\[\[IgnoredVulns\]\]/im.test(text)) {
    throw new FileMistake(
      "it is a configuration of OSV-Scanner; write a list with id, reason and until (OSV-Scanner's ignoreUntil)",
    );
  }
  refuseLines(text);
}

function refuseLines(text: string): void {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (!lines.some((line) => IGNORED_LINE.test(line)) || !lines.every((line) => ANY_LINE.test(line))) return;
  throw new FileMistake(
    'it has the lines of a .trivyignore; write a .trivyignore.yaml, whose vulnerabilities have id, statement and ' +
      'expired_at',
  );
}
