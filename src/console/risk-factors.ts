import { isObject } from '../http/decode.ts';
import { isPrintable } from '../text/sanitize.ts';
import { type ExploitEvidence, exploitsOfRiskFactors } from './exploits.ts';

/** The meaning of a set of risk factors. */
export interface RiskFactors {
  readonly names: readonly string[];
  readonly evidence: ExploitEvidence;
  readonly hasFix: boolean;
  /** True if a part of it could not be read. */
  readonly isMalformed: boolean;
}

/** Reads risk factors. Findings share few sets of them, so each set is read once. */
export class RiskFactorDecoder {
  readonly #clean: (text: string) => string | undefined;
  readonly #known = new Map<string, RiskFactors>();

  constructor(clean: (text: string) => string | undefined) {
    this.#clean = clean;
  }

  /**
   * Reads an object whose keys are the factors, or a list of their names. Any other form may name a fix or an exploit,
   * so it counts as both.
   */
  decode(given: unknown): RiskFactors {
    if (given === undefined || given === null) return NO_RISK_FACTORS;
    const list = namesIn(given);
    const key = JSON.stringify(list);
    const read = this.#known.get(key) ?? this.#meaningOf(list);
    this.#known.set(key, read);
    return read;
  }

  #meaningOf(list: readonly (string | undefined)[]): RiskFactors {
    const raw = list.filter((name) => name !== undefined);
    const isMalformed = raw.length < list.length;
    const names = raw.flatMap((name) => this.#clean(name) ?? []);
    const hasFix = isMalformed || names.some((name) => name.toLowerCase() === 'has fix');
    return { names, evidence: exploitsOfRiskFactors(names, isMalformed), hasFix, isMalformed };
  }
}

const NO_RISK_FACTORS: RiskFactors = {
  names: [],
  evidence: { exploits: [], rawKind: undefined, isMalformed: false },
  hasFix: false,
  isMalformed: false,
};

/** The names of risk factors as given; undefined for each unreadable part. */
function namesIn(given: unknown): readonly (string | undefined)[] {
  if (isObject(given)) return Object.keys(given).map(nameIn);
  if (!Array.isArray(given)) return [undefined];
  const list: readonly unknown[] = given;
  return list.map((each) => nameIn(isObject(each) ? each.name : each));
}

/** A name with invisible characters may be that of a fix or an exploit, and equals neither. */
function nameIn(name: unknown): string | undefined {
  return typeof name === 'string' && isPrintable(name) ? name : undefined;
}
