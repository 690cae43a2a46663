import { dirname, join, resolve } from 'node:path';
import type { OutputFile, RunInfo } from '../host.ts';
import { gitlabReportOf } from '../output/gitlab.ts';
import { jsonFileOf } from '../output/json-file.ts';
import { junitOf } from '../output/junit.ts';
import { jsonText, sarifFile } from '../output/output-files.ts';
import { receiptOf } from '../output/receipt.ts';
import { isNumberedPath, numberedPath, sbomFiles } from '../output/sbom.ts';
import { renderSummary } from '../output/summary.ts';
import { dotenvOf, TEKTON_RESULTS, tektonResultsOf } from '../output/variable-files.ts';
import type { RecordedRun } from '../policy/record.ts';
import type { RequestedFiles } from './arguments.ts';
import { STANDARD_OUTPUT } from './output-path.ts';

/** The files that flags ask for. The JSON file comes last, since it names the others. */
export function requestedFiles(
  result: RecordedRun,
  requested: RequestedFiles,
  runInfo: RunInfo,
): readonly OutputFile[] {
  const file = (name: string, path: string | undefined, render: OutputFile['render']) =>
    path === undefined ? [] : [{ name, path: absolute(path), render, output: undefined }];
  const { tekton, sarif, sbom } = requested;
  return [
    ...file('receipt', requested.receipt, () => jsonText(receiptOf(result.record, runInfo))),
    ...(sarif === undefined ? [] : [sarifFile(absolute(sarif), result, runInfo, undefined)]),
    ...(sbom === undefined ? [] : sbomFilesAt(absolute(sbom), result, runInfo)),
    ...file('JUnit file', requested.junit, () => junitOf(result, runInfo)),
    ...file('GitLab report', requested.gitlab, () => jsonText(gitlabReportOf(result, runInfo))),
    ...file('summary', requested.summary, (written) =>
      renderSummary(result, { ...runInfo, receiptPath: receiptPathOf(requested, written) }),
    ),
    ...file('dotenv file', requested.dotenv, () => dotenvOf(result.record)),
    ...(tekton === undefined
      ? []
      : [...tektonResultsOf(result.record)].flatMap(([name, value]) =>
          file(`Tekton result ${name}`, join(tekton, name), () => value),
        )),
    ...file('JSON file', requested.json, (written) =>
      jsonText(jsonFileOf(result, pathsWritten(requested, written))),
    ),
  ];
}

/** One file for each image; on standard output, one after the other. */
function sbomFilesAt(
  path: string,
  { images }: RecordedRun,
  { version }: Pick<RunInfo, 'version'>,
): readonly OutputFile[] {
  const pathOf = path === STANDARD_OUTPUT ? () => path : numberedPath(path, images.length);
  return sbomFiles(images, version, pathOf, { output: undefined, isWanted: true });
}

/** The paths of the files of a previous run with the same flags; `filesIn` lists the paths in a folder. */
export function pathsToRemove(
  requested: RequestedFiles,
  filesIn: (folder: string) => readonly string[],
): readonly string[] {
  const { tekton, ...files } = requested;
  const paths = Object.values(files).filter((path) => path !== STANDARD_OUTPUT);
  const results = tekton === undefined ? [] : TEKTON_RESULTS.map((name) => join(tekton, name));
  return [...[...paths, ...results].map((path) => resolve(path)), ...numberedSboms(requested, filesIn)];
}

/** One file of each flag, by its whole path, to see if the run can write it. */
export function pathsToWrite(requested: RequestedFiles): readonly (readonly [flag: string, path: string])[] {
  return Object.entries(requested)
    .filter(([, path]) => path !== STANDARD_OUTPUT)
    .map(([flag, path]) => [flag, resolve(flag === 'tekton' ? join(path, 'verdict') : path)]);
}

/** The numbered SBOM files of a previous run, which may have had more images than this one. */
function numberedSboms(
  { sbom }: RequestedFiles,
  filesIn: (folder: string) => readonly string[],
): readonly string[] {
  if (sbom === undefined || sbom === STANDARD_OUTPUT) return [];
  const path = resolve(sbom);
  return filesIn(dirname(path)).filter((other) => isNumberedPath(other, path));
}

/** The path of the receipt, if one was asked for and written. */
function receiptPathOf({ receipt }: RequestedFiles, written: ReadonlySet<string>): string | undefined {
  return receipt !== undefined && written.has(absolute(receipt)) ? receipt : undefined;
}

/** The files that were written, by flag. */
function pathsWritten(
  requested: RequestedFiles,
  written: ReadonlySet<string>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(requested).flatMap(([flag, path]) => {
      const whole = absolute(path);
      const isWritten = flag === 'tekton' ? written.has(join(whole, 'verdict')) : written.has(whole);
      return isWritten ? [[flag, whole] as const] : [];
    }),
  );
}

function absolute(path: string): string {
  return path === STANDARD_OUTPUT ? path : resolve(path);
}
