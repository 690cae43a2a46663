import type { OutputFile, ResultHost, RunInfo } from '../host.ts';
import { gapOf } from '../policy/image-findings.ts';
import type { RecordedRun } from '../policy/record.ts';
import type { ImageResult, RunResult } from '../policy/result.ts';
import { FILE_NAME, noSarifText } from '../text/file-text.ts';
import { type PathOutputName, resultsFileOf } from './outputs.ts';
import { svrPredicateOf, vulnPredicateOf } from './predicates.ts';
import { receiptOf } from './receipt.ts';
import { sarifOf } from './sarif.ts';
import { sbomFiles } from './sbom.ts';
import { checksumsOf, subjectsOf } from './subjects.ts';

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
  const vulnPath = (index: number) => files.outputPath(numbered('vuln', images, index));
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
    ...images.flatMap((image, index) =>
      when(image.scanTime !== undefined, {
        name: FILE_NAME.vuln,
        path: vulnPath(index),
        render: () => jsonText(vulnPredicateOf(result, image, run)),
        output: images.length === 1 ? 'vuln-path' : undefined,
      }),
    ),
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
        const pathsIn = (pathOf: (index: number) => string) =>
          images.map((_image, index) => pathOf(index)).map((path) => (written.has(path) ? path : ''));
        return `${resultsFileOf(result.record, pathsIn(vulnPath), pathsIn(sbomPath))}\n`;
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

/** The text of a JSON file; undefined for no file. */
export function jsonText(value: object | undefined): string | undefined {
  return value === undefined ? undefined : `${JSON.stringify(value, null, 2)}\n`;
}
