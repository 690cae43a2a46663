import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { gitlabReportSchema } from './gitlab-schema.ts';
import { svrStatementSchema, vulnPredicateSchema } from './predicate-schemas.ts';

const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));

const options = { allErrors: true, formats: fullFormats } as const;

export const receiptSchema = read('../../docs/receipt.schema.json');

const isReceipt = new Ajv2020({
  ...options,
  strict: true,
  // Properties and types may stand apart in a schema that is put together of parts.
  strictRequired: false,
  strictTypes: false,
}).compile(receiptSchema);

/** The schema that the standard comes with, of draft 4, which differs here in nothing but the name of `id`. */
const {
  $schema: _draft,
  id: _id,
  ...official
} = read('../../node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
const isSarif = new Ajv({ ...options, strict: false, unicodeRegExp: false }).compile(official);

const isGitlabReport = new Ajv2020(options).compile(gitlabReportSchema);
const isVulnPredicate = new Ajv2020(options).compile(vulnPredicateSchema);
const isSvrStatement = new Ajv2020(options).compile(svrStatementSchema);

/** The errors of a document by its schema; empty for none. The document is read in its final form. */
function errorsBy(validate: ValidateFunction, value: unknown): readonly string[] {
  if (validate(JSON.parse(JSON.stringify(value)))) return [];
  return (validate.errors ?? []).map(({ instancePath, message = '' }) => `${instancePath} ${message}`);
}

/** Errors of a SARIF log by the official schema. */
export const sarifErrors = (log: unknown) => errorsBy(isSarif, log);

/** Errors of a receipt by the published schema. */
export const receiptErrors = (receipt: unknown) => errorsBy(isReceipt, receipt);

/** Errors of a container scanning report by GitLab's rules. */
export const gitlabErrors = (report: unknown) => errorsBy(isGitlabReport, report);

/** Errors of a predicate by what cosign decodes. */
export const vulnPredicateErrors = (predicate: unknown) => errorsBy(isVulnPredicate, predicate);

/** Errors of an in-toto statement with a verification result. */
export const svrStatementErrors = (statement: unknown) => errorsBy(isSvrStatement, statement);
