import { describe, expect, test } from '@jest/globals';
import { GATE_NAMES, type GateName } from '../../../src/policy/gate-name.ts';
import { reaches, type Waiver } from '../../../src/policy/waivers/waiver.ts';
import { exception, VEX_STATEMENT } from '../../builders/policy.ts';

const WAIVERS: readonly (readonly [string, Waiver, readonly GateName[]])[] = [
  [
    'an exception of our own format',
    { kind: 'exception', format: 'own', exception: exception() },
    ['severity-cutoff', 'exploit-cutoff', 'compliance-cutoff', 'fail-on-policy'],
  ],
  [
    'an entry of .trivyignore.yaml',
    { kind: 'exception', format: 'trivyignore', exception: exception() },
    ['severity-cutoff', 'exploit-cutoff', 'fail-on-policy'],
  ],
  [
    'a VEX statement',
    { kind: 'vex', statement: VEX_STATEMENT },
    ['severity-cutoff', 'exploit-cutoff', 'fail-on-policy'],
  ],
  ['the reference image', { kind: 'known', reference: 'app:live' }, ['severity-cutoff']],
  ['grace', { kind: 'grace', endsAtMs: 1 }, ['severity-cutoff']],
  ['the lack of a fix', { kind: 'no-fix' }, ['severity-cutoff']],
];

describe('The gates that a waiver reaches', () => {
  test.each(WAIVERS)('%s', (_what, waiver, gates) => {
    expect(GATE_NAMES.filter((gate) => reaches(waiver, gate))).toEqual(gates);
  });
});
