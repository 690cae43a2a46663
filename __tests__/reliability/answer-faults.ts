import type { Fault } from 'compute-console-emulator';
import type { Call, FaultCase, Meaning } from './fault-case.ts';

/** A 200 with this body, from a server in the Console's place: the Console has not acted. */
function instead(
  name: string,
  body: string | Uint8Array,
  meanings: Partial<Record<Exclude<Call, 'full report'>, Meaning>>,
  status = 200,
): FaultCase {
  const fault: Fault = { kind: 'answer', status, headers: { 'content-type': 'application/json' }, body };
  return {
    family: 'Another answer with 200',
    name,
    wire: () => ({ kind: 'fault', fault }),
    meaning: (call) =>
      meanings[call === 'full report' ? 'report' : call] ?? (call === 'trigger' ? 'accepted' : 'nonsense'),
  };
}

type Spoils = Partial<Record<Exclude<Call, 'full report'>, readonly [pattern: RegExp, to: string]>>;

/** The Console's own response, changed. The one to a trigger is empty. */
function spoiled(name: string, meaning: Meaning, spoils: Spoils): FaultCase {
  return {
    family: 'The Console’s answer, spoiled',
    name,
    wire: (call) => {
      const [pattern, to] = spoils[call === 'full report' ? 'report' : call] ?? [];
      return pattern === undefined || to === undefined
        ? undefined
        : { kind: 'fault', fault: { kind: 'rewrite', pattern, to } };
    },
    meaning: () => meaning,
  };
}

function everyAnswer(pattern: RegExp, to: string): Spoils {
  return { authenticate: [pattern, to], report: [pattern, to], progress: [pattern, to] };
}

const PAGE = '<!DOCTYPE html><html><head><title>Log in</title></head><body>Who are you?</body></html>';

/** An empty body could be taken for an empty list. */
const NOTHING = { report: 'odd', progress: 'odd' } as const;

/** A response that is not what the API promises. */
export const ANSWER_FAULTS: readonly FaultCase[] = [
  // A page of HTML is a proxy's.
  instead('a log-in page', PAGE, { trigger: 'nonsense' }),
  instead('an empty body', '', NOTHING),
  instead('204', '', NOTHING, 204),
  instead('`null`', 'null', { report: 'empty', progress: 'empty' }),
  instead('`[]`', '[]', { report: 'empty', progress: 'empty' }),
  instead('`[null]`', '[null]', {}),
  instead('`[{}]`', '[{}]', { report: 'odd' }),
  instead('a string', '"finished"', {}),
  instead('a number', '1', {}),
  instead('`true`', 'true', {}),
  instead('an object', '{"isScanOngoing":false,"scanned":1,"total":1}', {}),
  instead('lists 100,000 deep', '['.repeat(100_000) + ']'.repeat(100_000), {}),
  instead('objects 100,000 deep', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, {}),
  instead('invalid UTF-8', new Uint8Array([0x5b, 0x22, 0xc3, 0x28, 0xff, 0x22, 0x5d]), {}),
  spoiled('cut short', 'nonsense', everyAnswer(/.$/s, '')),
  spoiled('twice', 'nonsense', everyAnswer(/^.*$/s, '$&$&')),
  spoiled('after a byte order mark', 'harmless', everyAnswer(/^/, '\ufeff')),
  spoiled('a field of a wrong type', 'nonsense', {
    authenticate: [/"token":"[^"]*"/, '"token":42'],
    report: [/"scanTime":"[^"]*"/g, '"scanTime":42'],
    progress: [/"isScanOngoing":(\w+)/g, '"isScanOngoing":"$1"'],
  }),
  spoiled('a field missing', 'odd', {
    authenticate: [/"token"/, '"tokem"'],
    report: [/"scanTime"/g, '"scamTime"'],
    progress: [/"isScanOngoing"/g, '"isScamOngoing"'],
  }),
  spoiled('a scan that never was', 'odd', {
    report: [/"scanTime":"[^"]*"/g, '"scanTime":"0001-01-01T00:00:00Z"'],
  }),
  ...[
    ['negative', '-1'],
    ['fractional', '0.5'],
    ['huge', '1e300'],
  ].map(([name = '', number = '']) =>
    spoiled(`${name} counts`, 'odd', {
      report: [/"(total|high)":\d+/g, `"$1":${number}`],
      progress: [/"(scanned|total)":\d+/g, `"$1":${number}`],
    }),
  ),
];
