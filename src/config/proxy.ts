import { BlockList, isIP, isIPv4 } from 'node:net';
import type { Environment } from '../host.ts';
import { isLoopback } from '../http/host-name.ts';
import { matchesPattern } from '../policy/waivers/exception.ts';
import { type InputReader, shown } from './input-reader.ts';

/** The variables that the HTTP client reads, in its order: the first one that is set counts. */
export const PROXY_VARIABLES = ['https_proxy', 'HTTPS_PROXY'] as const;
const EXEMPTION_VARIABLES = ['no_proxy', 'NO_PROXY'] as const;

const EXPECTED_PROXY = 'expected http://[USER:PASSWORD@]HOST:PORT.';

/**
 * Refuses a proxy address that the HTTP client cannot use: it would silently ignore the proxy, and send the
 * credentials directly. Warns of an entry of `no_proxy` that names the Console in an unsupported form. Never prints
 * an address, because credentials are part of it.
 */
export function checkProxy(reader: InputReader, environment: Environment, consoleBase: string): void {
  const set = firstSet(environment, PROXY_VARIABLES);
  if (set === undefined) return;
  const { name, value: proxy } = set;
  const mistake = proxyMistake(proxy);
  if (mistake !== undefined) {
    reader.refuse(`Environment variable ${name} ${mistake} Correct or unset it.`);
    return;
  }
  const url = new URL(consoleBase);
  if (isLoopback(url.hostname) || isExempt(url, reader, environment) || !/^https:/i.test(proxy)) return;
  reader.refuse(
    `Environment variable ${name} names a proxy with https://; the connection to the proxy itself has to be http://. ` +
      'What goes through it to the Console is encrypted all the same.',
  );
}

/** The proxy on the way to the Console: the variable that names it, and its host without credentials. */
export interface ProxyInUse {
  readonly variable: string;
  readonly host: string;
}

/** The proxy that the HTTP client uses for a Console; undefined if it connects directly. */
export function proxyInUse(environment: Environment, consoleBase: string): ProxyInUse | undefined {
  const set = firstSet(environment, PROXY_VARIABLES);
  if (set === undefined || goesDirectly(new URL(consoleBase), environment)) return undefined;
  const address = /^https?:\/\//i.test(set.value) ? set.value : `http://${set.value}`;
  return {
    variable: set.name,
    host: URL.canParse(address) ? new URL(address).host : 'an address that cannot be read',
  };
}

function goesDirectly(url: URL, environment: Environment): boolean {
  if (url.protocol !== 'https:' || isLoopback(url.hostname)) return true;
  return exemptionsIn(environment).some((entry) => exempts(entry, url));
}

/** The hosts that are reached without a proxy. */
function exemptionsIn(environment: Environment): readonly string[] {
  const list = firstSet(environment, EXEMPTION_VARIABLES)?.value.split(',') ?? [];
  return list.map((entry) => entry.trim().toLowerCase()).filter((entry) => entry !== '');
}

/** The first variable that is set, as the client looks for it; undefined if that one is blank. */
function firstSet(
  environment: Environment,
  names: readonly string[],
): { readonly name: string; readonly value: string } | undefined {
  const name = names.find((each) => environment[each]);
  const value = name && environment[name]?.trim();
  return name && value ? { name, value } : undefined;
}

/** The reason why the client would not use the address; undefined if it would. */
function proxyMistake(proxy: string): string | undefined {
  const hasScheme = /^https?:\/\//i.test(proxy);
  const address = hasScheme ? proxy : `http://${proxy}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  // A second @ means that user or password contains a / or #, which ends the host too early.
  if (url === undefined || `${url.pathname}${url.search}${url.hash}`.includes('@')) {
    return `is not the address of a proxy; ${EXPECTED_PROXY} In user and password, write / as %2F, # as %23, @ as %40, % as %25.`;
  }
  // The client reads proxy.example:3128 as an address of the scheme proxy.example, and then uses no proxy at all.
  if (!hasScheme && URL.canParse(proxy)) return `does not begin with http://; ${EXPECTED_PROXY}`;
  try {
    decodeURIComponent(`${url.username}${url.password}`);
  } catch {
    return 'has a % in its user or password that begins no percent-encoded character; write % as %25.';
  }
  return undefined;
}

/** True if the client connects to the Console without the proxy; warns if the user seems to expect that in vain. */
function isExempt(console: URL, reader: InputReader, environment: Environment): boolean {
  const name = firstSet(environment, EXEMPTION_VARIABLES)?.name;
  const entries = exemptionsIn(environment);
  if (entries.some((entry) => exempts(entry, console))) return true;
  const intended = entries.find((entry) => seemsToMean(entry, console));
  if (name !== undefined && intended !== undefined) {
    reader.warn(
      `Environment variable ${name} has the entry ${shown(intended)} in a form that does not count here, so ` +
        `${console.hostname} is reached through the proxy. Entries are host names, domains such as .example.com, IP ` +
        'addresses or *, with commas between them.',
    );
  }
  return false;
}

/** True if an entry exempts the Console by the client's own rule. */
function exempts(entry: string, { hostname, port }: URL): boolean {
  const domain = entry.startsWith('.') ? entry : `.${entry}`;
  const names = [hostname, `${hostname}:${port === '' ? '443' : port}`];
  return entry === '*' || names.some((name) => name === entry || name.endsWith(domain));
}

/** True if an entry names the Console in a form of other tools: blanks between hosts, `*.`, or a subnet. */
function seemsToMean(entry: string, console: URL): boolean {
  const words = entry.split(/\s+/);
  if (words.length > 1) return words.some((word) => exempts(word, console) || seemsToMean(word, console));
  const [network = '', prefix] = entry.split('/');
  const host = console.hostname.replace(/^\[(.*)\]$/, '$1');
  if (prefix === undefined) return entry.includes('*') && matchesPattern(entry, host);
  return isInSubnet(host, network, prefix);
}

function isInSubnet(host: string, network: string, prefix: string): boolean {
  const isSameFamily = isIP(network) !== 0 && isIP(network) === isIP(host);
  const longest = isIPv4(network) ? 32 : 128;
  if (!isSameFamily || !/^\d{1,3}$/.test(prefix) || Number(prefix) > longest) return false;
  const family = isIPv4(network) ? 'ipv4' : 'ipv6';
  const subnet = new BlockList();
  subnet.addSubnet(network, Number(prefix), family);
  return subnet.check(host, family);
}
