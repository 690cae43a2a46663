import { parseArgs } from 'node:util';
import type { RealRegistriesOptions } from './real-registries.ts';
import { largestFleet } from './scenarios/fleet.ts';

/** What is wrong with the command line, in words for whoever typed it. */
export class WrongUse extends Error {}

export type CliOptions = {
  readonly port: number;
  readonly tls: boolean;
  readonly scenario: string;
  readonly basePath: string;
  readonly images: number;
  readonly registries: RealRegistriesOptions;
};

const longestScan = 3_600;

/** What a command line asks for. */
export function optionsFrom(args: string[]): CliOptions | 'help' {
  const values = parsed(args);
  if (values.help) return 'help';
  const basePath = values['base-path'];
  if (!/^(\/[\w.-]+)*$/.test(basePath)) {
    throw new WrongUse(`--base-path ${basePath}: give a path such as /us-2-158254964`);
  }
  return {
    port: numberUpTo(65_535, '--port', values.port),
    tls: values.tls,
    scenario: values.scenario,
    basePath,
    images: numberUpTo(largestFleet, '--images', values.images),
    registries: {
      addresses: values.registry.map(registryAddress),
      scanMs: 1_000 * numberUpTo(longestScan, '--scan-seconds', values['scan-seconds'], /^\d{1,4}(\.\d+)?$/),
    },
  };
}

function parsed(args: string[]) {
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
    throw new WrongUse(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function numberUpTo(most: number, option: string, given: string, pattern = /^\d{1,5}$/): number {
  const number = pattern.test(given) ? Number(given) : Number.NaN;
  if (!(number <= most)) throw new WrongUse(`${option} ${given}: give a number from 0 to ${most}`);
  return number;
}

/** Never quoted where it is wrong: it may hold a password. */
function registryAddress(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const isAddress =
    url !== undefined && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '';
  if (!isAddress)
    throw new WrongUse('--registry: give an address without a path, such as http://127.0.0.1:5000');
  return given;
}
