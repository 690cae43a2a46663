import { type Gates, isAnyGateSet } from '../gate/gates.ts';
import type { Judged } from '../gate/judge.ts';
import { formatDuration } from '../scan/duration.ts';
import type { Asked } from './record.ts';
import type { Section } from './sections.ts';

/** By what the images were judged. */
export function gateSection({ mode, gates, maxScanAgeMs }: Asked, images: readonly Judged[]): Section {
  const about = 'the gates in force';
  if (mode === 'await-regular') return { about, markdown: '' };
  const isPinned = images.some(({ name }) => name.includes('@'));
  const lines = [
    'the scan is proven finished, without an error',
    ...(maxScanAgeMs === undefined
      ? []
      : [`or it finished no longer than ${formatDuration(maxScanAgeMs)} ago (\`max-scan-age\`)`]),
    ...(isPinned ? ['the report carries the digest that was asked for (`digest`)'] : []),
    ...findingGates(gates),
  ];
  return { about, markdown: ['### Gates in force', '', ...lines.map((line) => `- ${line}`)].join('\n') };
}

function findingGates(gates: Gates): readonly string[] {
  const { severityCutoff, onlyFixed, failOnPolicy } = gates;
  if (!isAnyGateSet(gates)) return ['none on findings: they are counted, and decide nothing'];
  const [fixed, inputs] = onlyFixed
    ? [' that has a fix', '`severity-cutoff`, `only-fixed`']
    : ['', '`severity-cutoff`'];
  return [
    ...(severityCutoff === undefined
      ? []
      : [`no finding of severity ${severityCutoff} or above${fixed} (${inputs})`]),
    ...(failOnPolicy ? ['no finding that the Console’s policy blocks (`fail-on-policy`)'] : []),
    'the scanner covers the image’s system',
  ];
}
