import { groupBy } from '../policy/group-by.ts';
import type { NearMiss, WaivedFinding, Waiver } from '../policy/waivers/waiver.ts';
import { plural } from './plural.ts';
import { dayText, timeText } from './time-text.ts';

/** The names of waived findings, by the waiver that counts most. */
const WAIVER_TEXT = {
  exception: 'excepted',
  vex: 'not affected (VEX)',
  known: 'known',
  grace: 'in grace',
  'no-fix': 'without a fix',
} as const satisfies Record<Waiver['kind'], string>;

const ORDER = ['exception', 'vex', 'known', 'grace', 'no-fix'] as const satisfies readonly Waiver['kind'][];

/** The kind by which a finding is counted: it is counted once, however many waivers it has. */
export function waivedBy({ by }: WaivedFinding): Waiver['kind'] {
  return ORDER.find((kind) => by.some((waiver) => waiver.kind === kind)) ?? 'no-fix';
}

/** `3 findings waived: 2 known in production:latest, 1 in grace`; undefined if there is none. */
export function waivedText(waived: readonly WaivedFinding[]): string | undefined {
  return waived.length === 0
    ? undefined
    : `${plural(waived.length, 'finding')} waived: ${waivedParts(waived)}`;
}

/** `2 known in production:latest, 1 in grace` */
export function waivedParts(waived: readonly WaivedFinding[]): string {
  const groups = groupBy(waived, waivedBy);
  const parts = ORDER.flatMap((kind) => {
    const group = groups.get(kind);
    return group === undefined ? [] : [`${group.length} ${WAIVER_TEXT[kind]}${whereKnown(kind, group)}`];
  });
  return parts.join(', ');
}

function whereKnown(kind: Waiver['kind'], waived: readonly WaivedFinding[]): string {
  if (kind !== 'known') return '';
  const references = new Set(
    waived.flatMap(({ by }) => by.flatMap((waiver) => (waiver.kind === 'known' ? [waiver.reference] : []))),
  );
  const [only] = references;
  return references.size === 1 && only !== undefined ? ` in ${only}` : '';
}

/** The waiver of a finding, and its end: `until 2026-12-31: not reachable`. */
export function waiverText(waiver: Waiver): string {
  switch (waiver.kind) {
    case 'exception':
      return `excepted until ${waiver.exception.until}: ${waiver.exception.reason}`;
    case 'vex': {
      const { status, author = 'unknown author', reason, madeAtMs, endsAtMs } = waiver.statement;
      const what = status === 'fixed' ? 'fixed' : 'not affected';
      const why = reason === '' ? '' : `: ${reason}`;
      return `${what} (OpenVEX, ${author}, ${dayText(madeAtMs)}) until ${dayText(endsAtMs)}${why}`;
    }
    case 'known':
      return `known in ${waiver.reference}`;
    case 'grace':
      return `in grace until ${timeText(waiver.endsAtMs)}`;
    case 'no-fix':
      return 'no fix is known (only-fixed)';
  }
}

/** The reason why a near waiver does not apply. */
export function nearMissText(miss: NearMiss): string {
  switch (miss.kind) {
    case 'grace-ended':
      return `its grace ended ${timeText(miss.endedAtMs)}`;
    case 'grace-exploited':
      return `exploited in the wild, so its grace until ${dayText(miss.endsAtMs)} does not hold`;
    case 'grace-undated':
      return UNDATED[miss.why];
    case 'known-milder':
      return `${miss.reference} has it as ${miss.severity} only`;
    case 'known-less-often':
      return `${miss.reference} has it ${plural(miss.times, 'time')} only`;
    case 'exception-expired':
      return `its exception expired ${miss.exception.until}: ${miss.exception.reason}`;
    case 'exception-fixed':
      return exceptionFixedText(miss);
    case 'exception-ambiguous':
      return 'its exception matches several different findings, and accepts none';
    case 'vex':
      return vexMissText(miss);
  }
}

function exceptionFixedText({ fix: { version } }: Extract<NearMiss, { kind: 'exception-fixed' }>): string {
  return `its exception ended: ${version === undefined ? 'there is a fix' : `${version} fixes it`}`;
}

function vexMissText({ file, status, why }: Extract<NearMiss, { kind: 'vex' }>): string {
  switch (why) {
    case 'too-old':
      return `its VEX statement in ${file} is older than vex-max-age`;
    case 'unjustified':
      return `its VEX statement in ${file} has no justification`;
    case 'fixed-without-version':
      return `its VEX statement in ${file} is fixed without a version`;
    case 'tie':
      return 'VEX statements of the same time disagree about it';
    case 'forbidden':
      return `a newer VEX statement in ${file} says ${status.replaceAll('_', ' ')}`;
  }
}

const UNDATED = {
  'no-date': 'no grace: the report has no date of it',
  'unusable-date': 'no grace: the date in the report is unusable',
  'no-clock': 'no grace: the Console sends no date',
} as const satisfies Record<Extract<NearMiss, { kind: 'grace-undated' }>['why'], string>;
