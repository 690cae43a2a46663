import type { Scenario } from './scenario.ts';

/** What `--help` says. */
export function usage(scenarioNames: readonly string[]): string {
  return `npm run console -- [options]

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

/** What a person reads once the Console is up: the address first, then the calls of an on-demand scan. */
export function walkThrough(url: string, { users, settings }: Scenario): string {
  const [{ username, password } = { username: '', password: '' }] = users;
  const api = `${url}/api/${settings.apiVersions.at(-1) ?? 'v1'}`;
  const curl = `curl ${url.startsWith('https:') ? '-k ' : ''}-u ${username}:${password} -H 'Content-Type: application/json'`;
  const trigger = JSON.stringify({
    onDemandScan: true,
    tag: { registry: '', repo: 'library/alpine', tag: '3.16' },
  });
  return `console ready: ${url}
user:     ${username}
password: ${password}

Get a token:
  ${curl} -X POST -d '${JSON.stringify({ username, password })}' "${api}/authenticate"
See the regular scan of the registries:
  ${curl} -X GET "${api}/registry/progress"
Start a scan of one image, and see how it gets on:
  ${curl} -X POST -d '${trigger}' "${api}/registry/scan"
  ${curl} -X GET "${api}/registry/progress?onDemand=true&repo=library/alpine&tag=3.16"
Read its report:
  ${curl} -X GET "${api}/registry?name=library/alpine:3.16"

More images: emulator/README.md. Ctrl-C stops the Console.
`;
}
