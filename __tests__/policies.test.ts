import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import {
  SVR_PREDICATE_TYPE,
  svrPredicateOf,
  VERIFIER_ID,
  VULN_PREDICATE_TYPE,
} from '../src/output/predicates.ts';
import { noGates } from './builders/policy.ts';
import { imageResult, runRequest, runResult } from './output/builders.ts';

const root = fileURLToPath(new URL('../policies/', import.meta.url));
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .trim()
  .split('\n');
const read = (path: string): string => readFileSync(root + path, 'utf8');
const policies = files
  .filter((path) => !path.endsWith('.md') && !path.startsWith('conforma/'))
  .map((path) => ({ path, text: read(path) }));
const conforma = files
  .filter((path) => path.startsWith('conforma/'))
  .map(read)
  .join('\n');
const all = [...policies, { path: 'conforma', text: conforma }];

/** Every property that a verification result can have. */
const strictest = runRequest({
  policy: { ...noGates, severityCutoff: 'low', complianceCutoff: 'low', failOnPolicy: true },
});
const everyProperty: readonly string[] =
  svrPredicateOf(
    runResult([imageResult([], { isDigestVerified: true, hasAllPlatforms: true })], { request: strictest }),
  )?.properties ?? [];

/** Every string below a value. */
function stringsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

/** Every value of a field of this name, wherever it is. */
function fieldsNamed(name: string, value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, field]) => [
    ...(key === name ? [field] : []),
    ...fieldsNamed(name, field),
  ]);
}

const yaml = (path: string): unknown => parse(read(path));

describe('The policy', () => {
  test.each(all)('$path says first what it refuses', ({ text }) => {
    expect(text).toMatch(/^(?:#|\/\/) .*Refuses an? (?:image|pod) /m);
  });

  // Others write vuln/v1 too, and a verifier that holds every one on a digest to a policy would refuse theirs.
  test.each(all)('$path looks at the type that the gate alone writes', ({ text }) => {
    expect(text).toContain(SVR_PREDICATE_TYPE);
    expect(text).not.toContain(VULN_PREDICATE_TYPE);
  });

  test.each(all)('$path bounds the age on both sides', ({ text }) => {
    expect(text).toMatch(/168|7 days ago|7 \* 86400/);
    expect(text).toMatch(/>= -300000000000|-5m|duration\('5m'\)|UNTIL|now \+ 300/);
    expect(text).toContain('timeCreated');
  });

  test.each(all)('$path requires only properties that a verification result can have', ({ text }) => {
    const named = text.match(/REGISTRY_SCAN_GATE_[A-Z_]+/g) ?? [];
    expect(named.filter((property) => !everyProperty.includes(property))).toEqual([]);
  });

  test.each(all)('$path names no other verifier than the gate', ({ text }) => {
    const named = text.match(/urn:registry-scan-gate:[a-z0-9:]+/g) ?? [];
    expect(named.filter((id) => id !== VERIFIER_ID)).toEqual([]);
  });

  test.each(policies)('$path is in the list', ({ path }) => {
    expect(read('README.md')).toContain(`](${path})`);
  });
});

test('A policy on the decision’s time requires the property by which it bounds the age of the scan', () => {
  const byDecision = all.filter(({ path, text }) => text.includes('timeCreated') && !path.endsWith('.sh'));
  const withoutProperty = byDecision.filter(({ text }) => !text.includes('REGISTRY_SCAN_GATE_SCAN_NEW'));
  expect(byDecision.length).toBeGreaterThan(4);
  expect(withoutProperty.map(({ path }) => path)).toEqual([]);
});

describe('Kyverno’s policies', () => {
  const clusterPolicies = ['kyverno-cluster-policy.yaml', 'kyverno-cluster-policy-key.yaml'];

  test.each(clusterPolicies)('%s enforces attestations of pods', (path) => {
    expect(yaml(path)).toMatchObject({
      apiVersion: 'kyverno.io/v1',
      kind: 'ClusterPolicy',
      spec: { background: false, webhookConfiguration: { failurePolicy: 'Fail' } },
    });
    for (const rules of fieldsNamed('verifyImages', yaml(path))) {
      expect(rules).toMatchObject([{ failureAction: 'Enforce', required: true, attestations: [{}] }]);
    }
    expect(fieldsNamed('operator', yaml(path))).toContain('LessThanOrEquals');
  });

  test('the one in CEL verifies before it reads, and balances its brackets', () => {
    const policy = yaml('kyverno-image-validating-policy.yaml');
    expect(policy).toMatchObject({
      apiVersion: 'policies.kyverno.io/v1',
      kind: 'ImageValidatingPolicy',
      spec: { failurePolicy: 'Fail', validationActions: ['Deny'], attestors: [{ name: 'gate' }] },
    });
    const expressions = fieldsNamed('expression', policy).flatMap(stringsIn);
    const first = (text: string) => expressions.findIndex((expression) => expression.includes(text));
    expect(first('verifyAttestationSignatures(')).toBeLessThan(first('extractPayload('));
    for (const expression of expressions) {
      const opened = expression.match(/[([]/g)?.length;
      expect(expression.match(/[)\]]/g)?.length).toBe(opened);
    }
  });
});

test('policy-controller’s policy enforces bundles of a keyless signer', () => {
  expect(yaml('policy-controller.yaml')).toMatchObject({
    apiVersion: 'policy.sigstore.dev/v1beta1',
    kind: 'ClusterImagePolicy',
    spec: {
      mode: 'enforce',
      authorities: [
        {
          signatureFormat: 'bundle',
          keyless: { identities: [{ issuer: 'https://token.actions.githubusercontent.com' }] },
          attestations: [{ predicateType: SVR_PREDICATE_TYPE, policy: { type: 'rego' } }],
        },
      ],
    },
  });
});

test('Conforma’s policy names folders that are there', () => {
  const named = stringsIn(yaml('conforma/policy.yaml')).flatMap((text) => text.split('//policies/')[1] ?? []);
  expect(named).toEqual(['conforma/rule', 'conforma/data']);
  for (const folder of named) expect(files.some((path) => path.startsWith(`${folder}/`))).toBe(true);
});
