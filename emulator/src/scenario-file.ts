import { Ajv, type ValidateFunction } from 'ajv';
import { parseDocument } from 'yaml';
import {
  buildDefender,
  buildEarlierScan,
  buildImage,
  buildRegistry,
  buildScan,
  buildScenario,
  buildScope,
} from './builders.ts';
import type { FaultRule } from './faults.ts';
import {
  type ComplianceIssueFields,
  complianceIssue,
  type FindingFields,
  type Findings,
  type FindingsFromSeed,
  finding,
} from './findings.ts';
import type {
  CollectionSpec,
  DefenderSpec,
  EarlierScan,
  ImageReference,
  ImageSpec,
  RegistrySpec,
  ScanSpec,
  Scenario,
  ScenarioEvent,
  ScopeSpec,
  UserSpec,
} from './scenario.ts';
import { mistakesIn } from './scenario-mistakes.ts';
import { definitions, scenarioSchema } from './scenario-schema.ts';
import { scenarioNamed, withFleet } from './scenarios/catalogue.ts';
import { findingSet } from './scenarios/finding-sets.ts';
import { errorMessages } from './schema-errors.ts';
import type { Settings } from './settings.ts';

/** Data that is not a valid scenario; the message names every wrong key and value. */
export class ScenarioError extends Error {}

type FindingsFile = string | FindingsFromSeed | readonly FindingFields[];
interface ResultFile {
  readonly findings?: FindingsFile;
  readonly complianceIssues?: readonly ComplianceIssueFields[];
}
type ScanFile = Partial<Omit<ScanSpec, 'findings' | 'complianceIssues'>> & ResultFile;
type EarlierFile = Partial<Omit<EarlierScan, 'findings' | 'complianceIssues'>> & ResultFile;
type ImageFile = Partial<Omit<ImageSpec, 'repo' | 'tag' | 'scans' | 'earlier' | 'history' | 'real'>> &
  Pick<ImageSpec, 'repo' | 'tag'> & {
    readonly scans?: readonly ScanFile[];
    readonly earlier?: EarlierFile;
    readonly history?: readonly EarlierFile[];
  };
type EventFile =
  | Exclude<ScenarioEvent, { readonly kind: 'scan' }>
  | {
      readonly kind: 'scan';
      readonly atMs: number;
      readonly image: ImageReference;
      readonly scan?: ScanFile;
    };
interface ScenarioFile {
  readonly extends?: string;
  readonly fleet?: number;
  readonly settings?: Partial<Settings>;
  readonly images?: readonly ImageFile[];
  readonly registries?: readonly (Partial<RegistrySpec> & Pick<RegistrySpec, 'registry'>)[];
  readonly users?: readonly UserSpec[];
  readonly events?: readonly EventFile[];
  readonly faults?: readonly FaultRule[];
  readonly scopes?: readonly (Partial<ScopeSpec> & Pick<ScopeSpec, 'registry'>)[];
  readonly defenders?: readonly (Partial<DefenderSpec> & Pick<DefenderSpec, 'hostname'>)[];
  readonly collections?: readonly (Partial<CollectionSpec> & Pick<CollectionSpec, 'name'>)[];
}
export interface ScanRequestFile {
  readonly image: ImageReference;
  readonly scan?: ScanFile;
}

const ajv = new Ajv({
  allErrors: true,
  discriminator: true,
  verbose: true,
  allowUnionTypes: true,
  formats: { regex: isPattern },
});

/** Compiles a schema when it is first used, which takes some time. */
function validator<Value>(schema: object): () => ValidateFunction<Value> {
  let compiled: ValidateFunction<Value> | undefined;
  return () => {
    compiled ??= ajv.compile<Value>({ definitions, ...schema });
    return compiled;
  };
}

const isScenario = validator<ScenarioFile>(scenarioSchema);
const isSettings = validator<Partial<Settings>>({ $ref: '#/definitions/settings' });
const isImages = validator<readonly ImageFile[]>({ type: 'array', items: { $ref: '#/definitions/image' } });
const isFaults = validator<readonly FaultRule[]>({
  type: 'array',
  items: { $ref: '#/definitions/faultRule' },
});
const isReference = validator<ImageReference>({ $ref: '#/definitions/imageReference' });
const isScanRequest = validator<ScanRequestFile>({
  type: 'object',
  properties: { image: { $ref: '#/definitions/imageReference' }, scan: { $ref: '#/definitions/scan' } },
  required: ['image'],
  additionalProperties: false,
});

/** Parses YAML or JSON. */
export function parseYaml(text: string): unknown {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw new ScenarioError(error.message);
  try {
    return document.toJS();
  } catch (cause) {
    throw new ScenarioError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Builds a scenario from data that was read from a file or a request. */
export function scenarioFrom(value: unknown): Scenario {
  const file = checked(value ?? {}, isScenario, 'the scenario');
  const { extends: name, fleet = 0, settings, scopes, ...lists } = file;
  const base = name === undefined ? undefined : scenarioNamed(name);
  const { images, registries, users, events, faults, defenders, collections } = lists;
  const scenario = buildScenario({
    ...base,
    ...(images === undefined ? {} : { images: images.map(imageFrom) }),
    ...(registries === undefined ? {} : { registries: registries.map(buildRegistry) }),
    ...(users === undefined ? {} : { users }),
    ...(events === undefined ? {} : { events: events.map(eventFrom) }),
    ...(faults === undefined ? {} : { faults }),
    ...(scopes === undefined ? {} : { scopes: scopes.map(buildScope) }),
    ...(defenders === undefined ? {} : { defenders: defenders.map(buildDefender) }),
    ...(collections === undefined
      ? {}
      : { collections: collections.map((collection) => ({ color: '#7289da', ...collection })) }),
    settings: { ...base?.settings, ...settings },
  });
  const whole = withFleet(scenario, fleet);
  const mistakes = mistakesIn(whole);
  if (mistakes.length > 0) throw new ScenarioError(mistakes.join('\n'));
  return whole;
}

export function settingsFrom(value: unknown): Partial<Settings> {
  return checked(value, isSettings, 'the settings');
}

/** Builds images from a list, or from one. */
export function imagesFrom(value: unknown): ImageSpec[] {
  return checked(Array.isArray(value) ? value : [value], isImages, 'the images').map(imageFrom);
}

export function faultRulesFrom(value: unknown): readonly FaultRule[] {
  return checked(Array.isArray(value) ? value : [value], isFaults, 'the faults');
}

export function imageReferenceFrom(value: unknown): ImageReference {
  return checked(value, isReference, 'the image');
}

export function scanRequestFrom(value: unknown): { image: ImageReference; scan?: ScanSpec } {
  const { image, scan } = checked(value, isScanRequest, 'the scan');
  return { image, ...(scan === undefined ? {} : { scan: scanFrom(scan) }) };
}

function imageFrom({ scans = [], earlier, history, ...image }: ImageFile): ImageSpec {
  const [first = buildScan(), ...rest] = scans.map(scanFrom);
  return buildImage({
    ...image,
    scans: [first, ...rest],
    ...(earlier === undefined ? {} : { earlier: earlierFrom(earlier) }),
    ...(history === undefined ? {} : { history: history.map(earlierFrom) }),
  });
}

function scanFrom({ findings, complianceIssues, ...scan }: ScanFile): ScanSpec {
  const named = typeof findings === 'string' ? findingSet(findings) : {};
  return buildScan({ ...named, ...resultFrom({ findings, complianceIssues }), ...scan });
}

function earlierFrom({ findings, complianceIssues, ...scan }: EarlierFile): EarlierScan {
  const { findings: found = [], complianceIssues: issues = [] } =
    typeof findings === 'string' ? findingSet(findings) : {};
  const named = { findings: found, complianceIssues: issues };
  return buildEarlierScan({ ...named, ...resultFrom({ findings, complianceIssues }), ...scan });
}

function resultFrom({
  findings,
  complianceIssues,
}: {
  findings: FindingsFile | undefined;
  complianceIssues: readonly ComplianceIssueFields[] | undefined;
}): Partial<Pick<ScanSpec, 'findings' | 'complianceIssues'>> {
  return {
    ...(findings === undefined || typeof findings === 'string' ? {} : { findings: findingsFrom(findings) }),
    ...(complianceIssues === undefined ? {} : { complianceIssues: complianceIssues.map(complianceIssue) }),
  };
}

function findingsFrom(findings: Exclude<FindingsFile, string>): Findings {
  return 'seed' in findings ? findings : findings.map(finding);
}

function eventFrom(event: EventFile): ScenarioEvent {
  if (event.kind !== 'scan') return event;
  const { scan, ...rest } = event;
  return { ...rest, ...(scan === undefined ? {} : { scan: scanFrom(scan) }) };
}

function checked<Value>(value: unknown, validate: () => ValidateFunction<Value>, what: string): Value {
  const isValid = validate();
  if (isValid(value)) return value;
  throw new ScenarioError(errorMessages(isValid.errors ?? [], what).join('\n'));
}

function isPattern(pattern: string): boolean {
  try {
    new RegExp(pattern);
    return true;
  } catch {
    return false;
  }
}
