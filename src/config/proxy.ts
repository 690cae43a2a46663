import { isLoopback } from '../console/address.ts';
import type { Environment } from '../output/redaction.ts';
import { sanitize } from '../text.ts';
import { type InputReader, listed } from './input-reader.ts';

/** The variables that name the proxy, in the order in which the HTTP client looks for them. */
const PROXY_VARIABLES = ['https_proxy', 'HTTPS_PROXY'] as const;
const NO_PROXY_VARIABLES = ['no_proxy', 'NO_PROXY'] as const;

/**
 * Refuses a proxy address that the HTTP client would silently leave aside: the log-in would go to the Console directly.
 * Warns of entries of `no_proxy` in forms that do not count. Credentials of the proxy are never printed.
 */
export function checkProxy(reader: InputReader, environment: Environment, consoleBase: string): void {
  const name = PROXY_VARIABLES.find((each) => environment[each]);
  const value = environment[name ?? '']?.trim() ?? '';
  if (name === undefined || value === '') return;
  const wrong = wrongWith(value);
  if (wrong !== undefined) {
    reader.refuse(`Environment variable ${name} ${wrong} Correct or unset it.`);
    return;
  }
  if (isLoopback(new URL(consoleBase).hostname)) return;
  if (/^https:/i.test(value)) {
    reader.refuse(
      `Environment variable ${name} names a proxy with https://; the connection to the proxy itself has to be http://. ` +
        'What goes through it to the Console is encrypted all the same.',
    );
  }
  checkExemptions(reader, environment);
}

const EXPECTED = 'expected http://[USER:PASSWORD@]HOST:PORT.';

/** What keeps the client from using the address; undefined where it would use it. */
function wrongWith(value: string): string | undefined {
  const hasScheme = /^https?:\/\//i.test(value);
  const address = hasScheme ? value : `http://${value}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  // A second @ means that a user or password has a / or # in it, which ends the host too early.
  if (url === undefined || `${url.pathname}${url.search}${url.hash}`.includes('@')) {
    return `is not the address of a proxy; ${EXPECTED} In user and password, write / as %2F, # as %23, @ as %40, % as %25.`;
  }
  // The client reads proxy.example:3128 as an address of the scheme proxy.example, and then uses no proxy at all.
  if (!hasScheme && URL.canParse(value)) return `does not begin with http://; ${EXPECTED}`;
  try {
    decodeURIComponent(`${url.username}${url.password}`);
  } catch {
    return 'has a % in its user or password that begins no percent-encoded character; write % as %25.';
  }
  return undefined;
}

function checkExemptions(reader: InputReader, environment: Environment): void {
  const name = NO_PROXY_VARIABLES.find((each) => environment[each]);
  const entries = (environment[name ?? ''] ?? '').split(',').map((entry) => entry.trim());
  const ignored = entries.filter((entry) => entry !== '*' && /[*/\s]/.test(entry));
  if (name === undefined || ignored.length === 0) return;
  const names = ignored.slice(0, 5).map((entry) => `"${sanitize(entry)}"`);
  reader.warn(
    `Environment variable ${name} has ${listed(names)}, which exempts no host here. Entries are host names, domains such ` +
      'as .example.com, IP addresses or *, with commas between them.',
  );
}
