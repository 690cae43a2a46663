import type { ImageScanResult } from './api-types.ts';

type Row = Partial<ImageScanResult>;

const columns: readonly (readonly [string, (row: Row) => string | number | undefined])[] = [
  ['Registry', ({ repoTag }) => repoTag?.registry],
  ['Repository', ({ repoTag }) => repoTag?.repo],
  ['Tag', ({ repoTag }) => repoTag?.tag],
  ['Id', ({ id }) => id],
  ['Distro', ({ distro }) => distro],
  ['Scan Time', ({ scanTime }) => scanTime],
  ['Critical', ({ vulnerabilityDistribution }) => vulnerabilityDistribution?.critical],
  ['High', ({ vulnerabilityDistribution }) => vulnerabilityDistribution?.high],
  ['Medium', ({ vulnerabilityDistribution }) => vulnerabilityDistribution?.medium],
  ['Low', ({ vulnerabilityDistribution }) => vulnerabilityDistribution?.low],
  ['Compliance Issues', ({ complianceIssuesCount }) => complianceIssuesCount],
];

/** `GET registry/download`: one line for each row. The columns are not documented. */
export function csvOf(rows: readonly Row[]): string {
  const lines = [columns.map(([name]) => name), ...rows.map((row) => columns.map(([, value]) => value(row)))];
  return lines.map((line) => `${line.map(cell).join(',')}\n`).join('');
}

function cell(value: string | number | undefined): string {
  const text = String(value ?? '');
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** `GET sbom/download/registry`: CycloneDX with the packages of the row. The content is not documented. */
export function sbomOf({ _id = '', id = '', packages }: Row): Record<string, unknown> {
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { component: { type: 'container', name: _id, version: id } },
    components: (packages ?? [])
      .flatMap(({ pkgs }) => pkgs)
      .map(({ name, version, purl }) => ({ type: 'library', name, version, purl })),
  };
}
