/**
 * The public interface of the package: builders of a scenario, a Console over a socket, and the same Console without
 * one.
 */
export type {
  ImageScanResult,
  RegistryScanProgress,
  ReportQuery,
  ReportResult,
  Vulnerability,
} from './api-types.ts';
export {
  buildDefender,
  buildEarlierScan,
  buildImage,
  buildRegistry,
  buildScan,
  buildScenario,
  buildScope,
  digestOf,
} from './builders.ts';
export { type Fault, type FaultHook, type FaultRule, faultsFrom, isAccepted } from './faults.ts';
export { complianceIssue, type Findings, finding } from './findings.ts';
export type { ScanRecord } from './image-history.ts';
export { ConsoleModel } from './model.ts';
export { RegularScan } from './regular-scan.ts';
export { answer, type Call, callOf } from './routes.ts';
export type {
  DefenderSpec,
  EarlierScan,
  ImageSpec,
  Outcome,
  RegistrySpec,
  ScanSpec,
  Scenario,
  ScenarioEvent,
} from './scenario.ts';
export { type ConsoleOptions, type RecordedRequest, type RunningConsole, startConsole } from './server.ts';
export { Sessions } from './sessions.ts';
export { defaultSettings, type Settings, versionSettings } from './settings.ts';
