import { type RunningConsole, startConsole } from 'compute-console-emulator';
import { samples } from 'compute-console-emulator/scenarios';
import { runStep, type StepEnd } from './runner.ts';

/**
 * A promotion from start to verdict: the bundle that workflows run, started as on a runner, against the embedded
 * Console over a real socket. Then the same with an image whose scan fails, and with one whose findings violate the
 * gate: neither is promoted.
 */
const prisma = await startConsole({ scenario: samples() });
try {
  const good = await promote(prisma, 'shop/medium');
  const broken = await promote(prisma, 'shop/broken');
  const vulnerable = await promote(prisma, 'shop/fixable');
  const reasons = [good, broken, vulnerable].map(({ exitCode, outputs }) => `${exitCode} ${outputs.reason}`);
  const isAsPromised = reasons.join(', ') === '0 scan-completed, 1 scan-error, 1 severity-cutoff';
  title(isAsPromised ? 'As promised: one image promoted, two held' : 'This is not what the demo promises');
  process.exitCode = isAsPromised ? 0 : 1;
} finally {
  await prisma.close();
}

async function promote({ url }: RunningConsole, repo: string): Promise<StepEnd> {
  const registry = 'registry.example.com';
  const tag = '1.0';
  title(`push ${registry}/${repo}:${tag}, and wait for its scan at ${url}`);
  const step = await runStep({
    with: {
      'console-url': url,
      username: 'gate',
      password: 'let-me-scan',
      registry,
      repo,
      tag,
      'severity-cutoff': 'high',
      timeout: '2m',
      // The samples are small; with this interval, the progress bar moves visibly.
      'poll-interval': '1s',
    },
    onLog: asRunner((line) => console.log(`  ${line}`)),
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

/** The log as a runner shows it: whole lines, without the masks and without debugging. */
function asRunner(write: (line: string) => void): (text: string) => void {
  let rest = '';
  return (text) => {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line !== '' && !/^::(?:add-mask|debug)::/.test(line)) write(line);
    }
  };
}

function title(text: string): void {
  console.log(`\n━━ ${text}\n`);
}

function section(heading: string, text: string): void {
  console.log(`\n── ${heading}\n${text}`);
}
