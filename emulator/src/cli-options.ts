import { parseArgs } from 'node:util';
import type { RealRegistriesOptions } from './real-registries.ts';
import { LARGEST_FLEET } from './scenarios/catalogue.ts';

/** A mistake in the command line; the message names the option. */
export class UsageError extends Error {}

export interface CliOptions {
  readonly port: number;
  readonly host: string;
  readonly tls: boolean;
  readonly caOut: string | undefined;
  /** Name of a built-in scenario, or path of a file. */
  readonly scenario: string;
  /** `key=value` pairs, not yet parsed. */
  readonly settings: readonly string[];
  readonly apiVersion: string | undefined;
  readonly speed: number;
  readonly log: boolean;
  /** true: a token is generated. */
  readonly control: string | boolean;
  readonly basePath: string;
  readonly images: number;
  readonly registries: RealRegistriesOptions;
}

const LONGEST_SCAN = 3_600;
const FASTEST = 1_000;

/** The text of `--help`. */
export function usage(scenarioNames: readonly string[]): string {
  return `Usage: console [options]

Serves an embedded Prisma Cloud Compute Console on 127.0.0.1 until it is
stopped.

  --port N              port to listen on, 0 for a free one (8083)
  --host ADDRESS        address to listen on, 0.0.0.0 for all (127.0.0.1)
  --tls                 HTTPS, with a self-signed certificate made at the start
  --ca-out FILE         writes that certificate to a file, for clients to trust
  --scenario NAME       one of (samples):
                        ${scenarioNames.join(', ')}
  --scenario FILE       a YAML file with a scenario of your own
  --print-schema        prints the JSON schema of a scenario file
  --set KEY=VALUE       changes a setting: rowLagMs=0; may be given several
                        times
  --api-version X.Y     newest version of the API: 34.04 (32.07)
  --speed N             time runs N times as fast (1)
  --log                 writes a line for each request to standard error
  --control             turns the control API on, with a generated token
  --control-token TEXT  turns the control API on, with this token
  --images N            N clean images more, fleet/service-0000:1.0 and so on,
                        2 to 8 s each (0)
  --registry URL        a real registry to discover images in, such as
                        http://127.0.0.1:5000; may be given several times
  --scan-seconds N      how long the scan of an image from there takes (2)
  --base-path PATH      path before /api, as tenants of the SaaS have it:
                        /us-2-158254964
  --help                this text
`;
}

/** Parses and checks a command line. */
export function parseOptions(argv: readonly string[]): CliOptions | 'help' | 'schema' {
  const values = parse([...argv]);
  if (values.help) return 'help';
  if (values['print-schema']) return 'schema';
  const basePath = values['base-path'];
  if (!/^(\/[\w.-]+)*$/.test(basePath)) {
    throw new UsageError(`--base-path ${basePath}: give a path such as /us-2-158254964`);
  }
  const caOut = values['ca-out'];
  if (caOut !== undefined && !values.tls)
    throw new UsageError('--ca-out: there is no certificate without --tls');
  const controlToken = values['control-token'];
  if (controlToken === '') throw new UsageError('--control-token: the token is empty');
  return {
    port: parseNumber(65_535, '--port', values.port),
    host: parseHost(values.host),
    tls: values.tls,
    caOut,
    scenario: values.scenario,
    settings: values.set,
    apiVersion: parseVersion(values['api-version']),
    speed: parseSpeed(values.speed),
    log: values.log,
    control: controlToken ?? values.control,
    basePath,
    images: parseNumber(LARGEST_FLEET, '--images', values.images),
    registries: {
      addresses: values.registry.map(parseRegistryAddress),
      scanMs:
        1_000 * parseNumber(LONGEST_SCAN, '--scan-seconds', values['scan-seconds'], /^\d{1,4}(\.\d+)?$/),
    },
  };
}

function parse(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        port: { type: 'string', default: '8083' },
        host: { type: 'string', default: '127.0.0.1' },
        tls: { type: 'boolean', default: false },
        'ca-out': { type: 'string' },
        scenario: { type: 'string', default: 'samples' },
        'print-schema': { type: 'boolean', default: false },
        set: { type: 'string', multiple: true, default: [] },
        'api-version': { type: 'string' },
        speed: { type: 'string', default: '1' },
        log: { type: 'boolean', default: false },
        control: { type: 'boolean', default: false },
        'control-token': { type: 'string' },
        'base-path': { type: 'string', default: '' },
        images: { type: 'string', default: '0' },
        registry: { type: 'string', multiple: true, default: [] },
        'scan-seconds': { type: 'string', default: '2' },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function parseNumber(most: number, option: string, given: string, pattern = /^\d{1,5}$/): number {
  const number = pattern.test(given) ? Number(given) : Number.NaN;
  if (!(number <= most)) throw new UsageError(`${option} ${given}: give a number from 0 to ${most}`);
  return number;
}

function parseSpeed(given: string): number {
  const speed = /^\d{1,4}(\.\d+)?$/.test(given) ? Number(given) : Number.NaN;
  if (!(speed > 0 && speed <= FASTEST)) {
    throw new UsageError(`--speed ${given}: give a number above 0, ${FASTEST} at most`);
  }
  return speed;
}

function parseHost(given: string): string {
  if (!/^[\w.:-]+$/.test(given)) throw new UsageError(`--host ${given}: give an address such as 0.0.0.0`);
  return given;
}

function parseVersion(given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const version = given.replace(/^v/, '');
  if (!/^\d{2}\.\d{2}$/.test(version)) {
    throw new UsageError(`--api-version ${given}: give a version such as 34.04`);
  }
  return version;
}

/** Parses the address of a registry. The error does not quote it: it may contain a password. */
function parseRegistryAddress(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const isAddress =
    url !== undefined && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '';
  if (!isAddress)
    throw new UsageError('--registry: give an address without a path, such as http://127.0.0.1:5000');
  return given;
}
