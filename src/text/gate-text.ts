import { decidingGate, type GateResult, isOpenOnFindings, openOnFindings } from '../policy/gates.ts';
import { countFindings } from '../scan/finding.ts';
import type { Description } from './description.ts';
import { describeFindings } from './finding-names.ts';
import { clauseOf } from './gate-clause.ts';
import { gateTodo } from './gate-todo.ts';
import { givenUpText } from './given-up-text.ts';
import { digestText, registryNotAskedText, unscannedText } from './identity-text.ts';
import { joined } from './joined.ts';
import { tally } from './severity-text.ts';
import { unreadText } from './unread-text.ts';

/** The number of findings that the short form names. */
const BRIEF_FINDINGS = 2;

/** The sentences about the deciding gate; other gates on findings that are not met or unknown are named after it. */
export function gatesNotMetText(gates: readonly GateResult[], name: string): Description {
  const deciding = decidingGate(gates);
  if (deciding === undefined) throw new RangeError('Every gate is met.');
  const { what, todo, brief } = gateText(deciding, name);
  const others = isOpenOnFindings(deciding) ? openOnFindings(gates).filter((gate) => gate !== deciding) : [];
  return { what: joined([what, ...others.map((gate) => `Also, ${clauseOf(gate)}.`)]), todo, brief };
}

function gateText(gate: GateResult, name: string): Description {
  const { detail } = gate;
  switch (detail.kind) {
    case 'given-up':
      return givenUpText(detail.facts, name, gate.reason === 'platform-unscanned');
    case 'scan-error':
      return scanErrorText(detail.error, name);
    case 'no-row-for-digest':
      return unreadableText('is needed to verify the digest', name);
    case 'no-row':
      return unreadableText('the gates need', name);
    case 'different-image':
      return digestText(detail, name);
    case 'registry-not-asked':
      return registryNotAskedText(detail, name);
    case 'unscanned-platforms':
      return unscannedText(detail, name);
    default:
      return findingGateText(gate, name);
  }
}

/** The gates on findings, and the gates that were not evaluated. */
function findingGateText(gate: GateResult, name: string): Description {
  const { findings, detail, state } = gate;
  const clause = clauseOf(gate);
  const unread = 'unread' in detail && state === 'unknown' ? detail.unread : undefined;
  const named = () => `${tally(countFindings(findings))}: ${describeFindings(findings, BRIEF_FINDINGS)}`;
  return {
    what: joined([`The scan of ${name} is finished, but ${clause}.`, unread && unreadText(unread)]),
    todo: gateTodo(gate),
    brief: findings.length === 0 ? clause : named(),
  };
}

function scanErrorText(error: string, name: string): Description {
  return {
    what: `The Console reports that the scan of ${name} failed: “${error}”.`,
    todo: 'Open the image in the Console under Monitor > Vulnerabilities > Images > Registries, fix what the scanner names (often the registry credential or a missing tag), and run again.',
    brief: `the Console reports “${error}”`,
  };
}

function unreadableText(need: string, name: string): Description {
  const brief = `the Console user is not allowed to read the report, which ${need}`;
  return {
    what: `The scan of ${name} is finished, but ${brief}.`,
    todo: 'Give the Console user read access to Monitor and collections that cover the image, then run again.',
    brief,
  };
}
