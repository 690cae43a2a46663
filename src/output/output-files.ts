import type { OutputFile, ResultHost, RunInfo } from '../host.ts';
import { gapOf } from '../policy/image-findings.ts';
import type { RecordedRun } from '../policy/record.ts';
import type { ImageResult, RunResult } from '../policy/result.ts';
import { FILE_NAME, noSarifText } from '../text/file-text.ts';
import { type PathOutputName, resultsFileOf } from './outputs.ts';
import { checksumsOf, subjectsOf, svrPredicateOf, vulnPredicateOf } from './predicates.ts';
import { receiptOf } from './receipt.ts';
import { sarifOf } from './sarif.ts';
import { sbomFiles } from './sbom.ts';

/** The SARIF file, which exists only if every finding is known: code scanning treats a missing finding as fixed. */
export function sarifFile(
  path: string,
  result: RunResult,
  run: Pick<RunInfo, 'version'>,
  output: PathOutputName | undefined,
): OutputFile {
  const gap = gapOf(result.images);
  return {
    name: FILE_NAME.sarif,
    path,
    render: () => (gap === undefined ? `${JSON.stringify(sarifOf(result, run))}\n` : undefined),
    output: gap === undefined ? output : undefined,
    absence: gap && noSarifText(gap),
  };
}

/** The files of every run, in the order in which they are written: files that list others come after them. */
export function outputFiles(
  { files, run }: Pick<ResultHost, 'files' | 'run'>,
  result: RecordedRun,
): readonly OutputFile[] {
  const { images, decision } = result;
  const predicates = images.flatMap((image, index) =>
    image.scanTime === undefined
      ? []
      : [{ index, image, path: files.outputPath(numbered('vuln', images, index)) }],
  );
  const sbomPath = (index: number) => files.outputPath(numbered('sbom.cdx', images, index));
  return [
    {
      name: FILE_NAME.receipt,
      path: files.outputPath('receipt.json'),
      render: () => jsonText(receiptOf(result.record, run)),
      output: 'receipt-path',
    },
    ...when(images.length > 0, sarifFile(files.outputPath('findings.sarif'), result, run, 'sarif-path')),
    ...sbomFiles(images, run.version, sbomPath, { output: 'sbom-path', isWanted: false }),
    ...predicates.map(({ image, path }) => ({
      name: FILE_NAME.vuln,
      path,
      render: () => jsonText(vulnPredicateOf(result, image, run)),
      output: images.length === 1 ? ('vuln-path' as const) : undefined,
    })),
    ...when(decision.verdict === 'passed' && images.length > 0, {
      name: FILE_NAME.svr,
      path: files.outputPath('svr.json'),
      render: () => jsonText(svrPredicateOf(result)),
      output: 'svr-path',
    }),
    ...when(decision.verdict === 'passed' && subjectsOf(images).length > 0, {
      name: FILE_NAME.subjects,
      path: files.outputPath('subjects.txt'),
      render: () => checksumsOf(images),
      output: 'subjects-path',
    }),
    {
      name: FILE_NAME.results,
      path: files.outputPath('results.json'),
      render: (written) => {
        const sbomPaths = images
          .map((_image, index) => sbomPath(index))
          .map((path) => (written.has(path) ? path : ''));
        return `${resultsFileOf(result.record, writtenPaths(images, predicates, written), sbomPaths)}\n`;
      },
      output: 'results-path',
    },
  ];
}

function when(condition: boolean, file: OutputFile): readonly OutputFile[] {
  return condition ? [file] : [];
}

/** The name of a file of one image: with a number, from 1, if there are several. */
function numbered(name: string, images: readonly ImageResult[], index: number): string {
  return images.length === 1 ? `${name}.json` : `${name}-${index + 1}.json`;
}

/** For each image, the path of its predicate; empty if it has none. */
function writtenPaths(
  images: readonly ImageResult[],
  predicates: readonly { readonly index: number; readonly path: string }[],
  written: ReadonlySet<string>,
): readonly string[] {
  const paths = new Map(predicates.map(({ index, path }) => [index, path]));
  return images.map((_image, index) => {
    const path = paths.get(index) ?? '';
    return written.has(path) ? path : '';
  });
}

/** The text of a JSON file; undefined for no file. */
export function jsonText(value: object | undefined): string | undefined {
  return value === undefined ? undefined : `${JSON.stringify(value, null, 2)}\n`;
}
