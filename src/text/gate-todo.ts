import type { GateResult } from '../policy/gates.ts';
import { unreadTodo } from './unread-text.ts';

/** The advice on a gate on findings that is not met or unknown. */
export function gateTodo({ gate, detail, findings }: GateResult): string {
  switch (detail.kind) {
    case 'unlisted':
      return detail.couldWaive ? UNLISTED.undecided : UNLISTED.decided;
    case 'unlisted-exploit':
      return 'See the image in the Console: its rule for vulnerabilities may hide findings from the report.';
    case 'exploits-unsaid':
      return 'See the image in the Console, or leave out exploit-cutoff.';
    case 'reference-unavailable':
      return REFERENCE[detail.comparison.why];
    case 'no-compliance':
      return `See the image in the Console, or leave out ${gate}.`;
    case 'findings-unread':
      return unreadTodo(detail.unread);
    case 'unsupported-distribution':
      return 'Use a base image that the scanner supports, or promote without a gate on findings and check the image with another scanner.';
    default:
      return findingsTodo(
        gate,
        findings.some(({ fix }) => fix !== undefined),
      );
  }
}

const UNLISTED = {
  decided:
    'See the findings in the Console: the report does not list them, so the counts decide and no exception applies.',
  undecided:
    'See the image in the Console; without exceptions, only-fixed and fail-on-policy the counts of the report decide.',
} as const;

const REFERENCE = {
  'several-images': 'Name the reference by its digest in compare-with.',
  unreadable: 'Give the Console user collections that cover the reference, or leave out compare-with.',
} as const;

/** The advice on findings that violate a gate. */
function findingsTodo(gate: GateResult['gate'], isFixable: boolean): string {
  if (gate === 'compliance-cutoff') {
    return 'Fix the issues in the Dockerfile and push again, or accept an issue until a date in the file that exceptions names.';
  }
  const todo =
    gate === 'fail-on-policy' || gate === 'exploit-cutoff'
      ? FINDINGS_TODO[gate]
      : FINDINGS_TODO['severity-cutoff'];
  return isFixable ? todo.fixable : todo.unfixable;
}

const FINDINGS_TODO = {
  'fail-on-policy': {
    fixable:
      'Update to the fixed versions and push again, or allow the finding in the Console policy or in the file that exceptions names.',
    unfixable:
      'No fix is known: allow the finding in the Console policy or in the file that exceptions names, and run again.',
  },
  'exploit-cutoff': {
    fixable: 'Update to the fixed versions and push again at once: exploits are known.',
    unfixable:
      'No fix is known, but exploits are: remove the package, or accept the finding until a date in the file that exceptions names.',
  },
  'severity-cutoff': {
    fixable:
      'Update to the fixed versions and push again, or accept a finding until a date in the file that exceptions names.',
    unfixable:
      'No fix is known: accept a finding until a date in the file that exceptions names, or set only-fixed if such findings do not count.',
  },
} as const;
