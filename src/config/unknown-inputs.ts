import { sanitize } from '../text/sanitize.ts';
import { closestOf, didYouMean, MIGRATION_PAGE } from './hints.ts';
import { type InputReader, shown } from './input-reader.ts';
import { INPUT_NAMES, type InputName, isInputName } from './inputs.ts';

/** The inputs of the vendor's own action, and their replacements. */
const OF_VENDOR: ReadonlyMap<string, string> = new Map([
  ['pcc_console_url', 'Here it is console-url.'],
  ['pcc_user', 'Here it is username.'],
  ['pcc_pass', 'Here it is password.'],
  ['image_name', 'Here it is images, with the reference in the registry.'],
  ['results_file', 'The output results-path names such a file.'],
  ['sarif_file', 'The output sarif-path names such a file.'],
]);

const VENDOR_NAME = /^(?:pcc_|twistcli_|docker_|containerized$|image_name$|results_file$|sarif_file$)/;

/** Names of the inputs in other tools. */
const SYNONYMS: ReadonlyMap<string, InputName> = new Map<string, InputName>([
  ['url', 'console-url'],
  ['console', 'console-url'],
  ['user', 'username'],
  ['access-key', 'username'],
  ['access-key-id', 'username'],
  ['secret-key', 'password'],
  ['ca', 'ca-cert'],
  ['insecure', 'insecure-skip-tls-verify'],
  ['repository', 'repo'],
  ['image', 'images'],
  ['severity', 'severity-cutoff'],
  ['severity-threshold', 'severity-cutoff'],
  ['fail-on', 'severity-cutoff'],
  ['fail-on-severity', 'severity-cutoff'],
  ['compliance-threshold', 'compliance-cutoff'],
  ['ignore-unfixed', 'only-fixed'],
  ['interval', 'poll-interval'],
  ['version', 'api-version'],
]);

/** Refuses every input that does not exist: a misspelt one could be a gate that is not set. */
export function refuseUnknownInputs(given: ReadonlyMap<string, string>, reader: InputReader): void {
  const others: string[] = [];
  for (const [name, value] of given) {
    if (isInputName(name)) continue;
    // A CI system may set empty variables that look like an input, so an empty value is refused only if its name is a
    // typing mistake.
    const hint = value.trim() === '' ? didYouMean(closestOf(name, INPUT_NAMES)) : hintFor(name);
    if (hint !== undefined) reader.refuse(`There is no input ${shown(name)}. ${hint}`);
    else if (value.trim() !== '') others.push(name);
  }
  if (others.length === 0) return;
  const names = others.slice(0, 5).map(shown).join(', ');
  const more = others.length > 5 ? ` and ${others.length - 5} more` : '';
  const name = sanitize(others[0] ?? '').toUpperCase();
  reader.refuse(
    `There is no input ${names}${more}. Inputs are ${INPUT_NAMES.join(', ')}. A variable of the job counts as an input: ` +
      `INPUT_${name} in GitHub Actions, SCAN_GATE_${name.replaceAll('-', '_')} on the command line.`,
  );
}

function hintFor(name: string): string | undefined {
  const lower = name.toLowerCase();
  if (VENDOR_NAME.test(lower)) {
    const instead = OF_VENDOR.get(lower) ?? 'It has no counterpart here.';
    return `It belongs to the vendor's own scan action. ${instead} See ${MIGRATION_PAGE}.`;
  }
  return didYouMean(SYNONYMS.get(lower.replaceAll('_', '-')) ?? closestOf(name, INPUT_NAMES));
}
