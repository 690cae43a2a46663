import { parseArgs } from 'node:util';
import type { RealRegistriesOptions } from './real-registries.ts';
import { largestFleet } from './scenarios/catalogue.ts';

/** A mistake in the command line; the message names the option. */
export class UsageError extends Error {}

export type CliOptions = {
  readonly port: number;
  readonly tls: boolean;
  readonly scenario: string;
  readonly basePath: string;
  readonly images: number;
  readonly registries: RealRegistriesOptions;
};

const longestScan = 3_600;

/** The text of `--help`. */
export function usage(scenarioNames: readonly string[]): string {
  return `Usage: console [options]

Serves an embedded Prisma Cloud Compute Console on 127.0.0.1 until it is stopped.

  --port N          port to listen on, 0 for a free one (8083)
  --tls             HTTPS, with a self-signed certificate made at the start
  --scenario NAME   ${scenarioNames.join(', ')} (samples)
  --images N        N clean images more, fleet/service-0000:1.0 and so on, 2 to 8 s each (0)
  --registry URL    a real registry to discover images in, http://127.0.0.1:5000; may be given several times
  --scan-seconds N  how long the scan of an image from there takes (2)
  --base-path PATH  path before /api, as tenants of the SaaS have it: /us-2-158254964
  --help            this text
`;
}

/** Parses and checks a command line. */
export function parseOptions(argv: readonly string[]): CliOptions | 'help' {
  const values = parse([...argv]);
  if (values.help) return 'help';
  const basePath = values['base-path'];
  if (!/^(\/[\w.-]+)*$/.test(basePath)) {
    throw new UsageError(`--base-path ${basePath}: give a path such as /us-2-158254964`);
  }
  return {
    port: parseNumber(65_535, '--port', values.port),
    tls: values.tls,
    scenario: values.scenario,
    basePath,
    images: parseNumber(largestFleet, '--images', values.images),
    registries: {
      addresses: values.registry.map(parseRegistryAddress),
      scanMs: 1_000 * parseNumber(longestScan, '--scan-seconds', values['scan-seconds'], /^\d{1,4}(\.\d+)?$/),
    },
  };
}

function parse(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        port: { type: 'string', default: '8083' },
        tls: { type: 'boolean', default: false },
        scenario: { type: 'string', default: 'samples' },
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

/** Parses the address of a registry. The error does not quote it: it may contain a password. */
function parseRegistryAddress(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const isAddress =
    url !== undefined && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '';
  if (!isAddress)
    throw new UsageError('--registry: give an address without a path, such as http://127.0.0.1:5000');
  return given;
}
