import { groupBy } from '../group-by.ts';
import type { WaivedFinding, Waiver } from '../policy/waiver.ts';
import { plural } from './plural.ts';

/** How a waived finding is called, by the waiver that counts most. */
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
  if (waived.length === 0) return undefined;
  const groups = groupBy(waived, waivedBy);
  const parts = ORDER.flatMap((kind) => {
    const group = groups.get(kind);
    return group === undefined ? [] : [`${group.length} ${WAIVER_TEXT[kind]}${whereKnown(kind, group)}`];
  });
  return `${plural(waived.length, 'finding')} waived: ${parts.join(', ')}`;
}

function whereKnown(kind: Waiver['kind'], waived: readonly WaivedFinding[]): string {
  if (kind !== 'known') return '';
  const references = new Set(
    waived.flatMap(({ by }) => by.flatMap((waiver) => (waiver.kind === 'known' ? [waiver.reference] : []))),
  );
  const [only] = references;
  return references.size === 1 && only !== undefined ? ` in ${only}` : '';
}

/** By what a finding is waived, and until when: `until 2026-12-31: not reachable`. */
export function waiverText(waiver: Waiver): string {
  switch (waiver.kind) {
    case 'exception':
      return `excepted until ${waiver.exception.until}: ${waiver.exception.reason}`;
    case 'vex': {
      const { status, reason, file, endsAtMs } = waiver.statement;
      const what = status === 'fixed' ? 'fixed' : 'not affected';
      return `${what} (VEX) until ${dayText(endsAtMs)}: ${reason} (${file})`;
    }
    case 'known':
      return `known in ${waiver.reference}`;
    case 'grace':
      return `in grace until ${timeText(waiver.endsAtMs)}`;
    case 'no-fix':
      return 'no fix is known (only-fixed)';
  }
}

/** `2026-12-31` in UTC. */
export function dayText(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}

/** `2026-12-31T12:00:00Z`, to the second. */
export function timeText(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d+Z$/, 'Z');
}
