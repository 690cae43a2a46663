import type { OutputFile, ResultHost } from '../../src/host.ts';
import { outputFiles } from '../../src/output/output-files.ts';
import { runInfo } from './builders.ts';

/** A host that records its calls, in order, and fails on request. */
export interface RecordingHost {
  readonly host: ResultHost;
  /** `output verdict`, `warning`, `info`, `error`, `file receipt.json`, `summary`. */
  readonly order: readonly string[];
  /** Lines of the log; a warning begins with `warning: `, an annotation with `error: `. */
  readonly log: readonly string[];
  readonly outputs: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, string>;
  readonly summary: () => string;
}

/** Names of outputs and files, or `summary`, that cannot be written. */
export type Broken = (what: string) => boolean;

export function recordingHost(
  isBroken: Broken = () => false,
  moreFiles: readonly OutputFile[] = [],
): RecordingHost {
  const order: string[] = [];
  const log: string[] = [];
  const outputs = new Map<string, string>();
  const files = new Map<string, string>();
  let summary = '';
  const attempt = (what: string) => {
    order.push(what);
    if (isBroken(what)) throw new Error(`${what}: no space left on device`);
  };
  const host: ResultHost = {
    run: runInfo,
    outputFiles: (result) => [...outputFiles(host, result), ...moreFiles],
    log: {
      info: (line) => {
        order.push('info');
        log.push(line);
      },
      passed: (line) => {
        order.push('info');
        log.push(line);
      },
      debug: () => undefined,
      status: undefined,
      warning: (text) => {
        order.push('warning');
        log.push(`warning: ${text}`);
      },
      error: (title, text) => {
        order.push('error');
        log.push(`error: ${title}: ${text}`);
      },
    },
    files: {
      outputPath: (name) => `/reports/${name}`,
      unwritten: async () => [],
      write: (path, text) => {
        attempt(`file ${path.replace('/reports/', '')}`);
        files.set(path, text);
      },
    },
    setOutputs: (all) => {
      for (const [name] of all) attempt(`output ${name}`);
      for (const [name, value] of all) outputs.set(name, value);
    },
    writeSummary: async (markdown) => {
      attempt('summary');
      summary = markdown;
    },
  };
  return { host, order, log, outputs, files, summary: () => summary };
}
