import type { InputDefinition } from '../../src/config/inputs.ts';

/** The table of inputs in Markdown, as the README shows it. */
export function inputsTable(inputs: readonly InputDefinition[]): string {
  const rows = inputs.map((input) => `| \`${input.name}\` | ${defaultCell(input)} | ${input.help} |`);
  return ['| input | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

function defaultCell(input: InputDefinition): string {
  if (input.isRequired) return 'required';
  return input.default === undefined ? '' : `\`${input.default}\``;
}
