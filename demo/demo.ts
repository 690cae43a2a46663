import { samples } from '../emulator/scenarios/samples.ts';
import { type RunningConsole, startConsole } from '../emulator/server.ts';
import { runStep, type StepEnd } from './runner.ts';

/**
 * A promotion, start to verdict: the bundle that workflows run, started as a runner starts it, against the
 * embedded Console over a real socket. Then the same with an image whose scan fails, and the gate holds.
 */
const prisma = await startConsole({ scenario: samples() });
try {
  const promoted = await promote(prisma, {
    registry: 'registry.example.com',
    repo: 'shop/medium',
    tag: '1.0',
  });
  const held = await promote(prisma, { registry: 'registry.example.com', repo: 'shop/broken', tag: '1.0' });
  const isAsPromised = promoted.exitCode === 0 && held.exitCode === 1;
  title(isAsPromised ? 'As promised: one image promoted, one held' : 'This is not what the demo promises');
  process.exitCode = isAsPromised ? 0 : 1;
} finally {
  await prisma.close();
}

interface Pushed {
  readonly registry: string;
  readonly repo: string;
  readonly tag: string;
}

async function promote({ url }: RunningConsole, { registry, repo, tag }: Pushed): Promise<StepEnd> {
  title(`push ${registry}/${repo}:${tag}, and wait for its scan at ${url}`);
  const step = await runStep({
    with: {
      'console-url': url,
      username: 'gate',
      password: 'let-me-scan',
      registry,
      repo,
      tag,
      timeout: '2m',
    },
    onLog: (text) => process.stdout.write(text.replace(/^(?=.)/gm, '  ')),
  });
  const outputs = Object.entries(step.outputs).map(([name, value]) => `  ${name.padEnd(18)}${value}`);
  section(`exit status ${step.exitCode}, outputs`, outputs.join('\n'));
  section('job summary', step.summary.trimEnd().replace(/^/gm, '  '));
  const from = step.outputs['image-by-digest'];
  const next =
    step.exitCode === 0
      ? `  skopeo copy docker://${from} docker://production.example.com/${repo}:${tag}`
      : '  nothing: the step has failed, and the job ends here';
  section('what the workflow does next', next);
  return step;
}

function title(text: string): void {
  console.log(`\n━━ ${text}\n`);
}

function section(heading: string, text: string): void {
  console.log(`\n── ${heading}\n${text}`);
}
