import { FILE_FLAGS, FLAGS, isSwitchFlag, OFFERED_FLAGS } from './flags.ts';
import { COMMANDS, wordsOf } from './help.ts';

/** Shells that the command line has a completion for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type CompletionShell = (typeof SHELLS)[number];

export function isShell(text: string): text is CompletionShell {
  return SHELLS.some((shell) => shell === text);
}

const PROGRAM = 'registry-scan-gate';

/** The script that a shell reads to complete the command line. */
export function completionScript(shell: CompletionShell): string {
  switch (shell) {
    case 'bash':
      return bashScript();
    case 'zsh':
      return zshScript();
    case 'fish':
      return fishScript();
  }
}

/** A flag, and the kind of its value. */
interface FlagValue {
  readonly flag: string;
  readonly value: 'none' | 'file' | 'folder' | 'text' | readonly string[];
}

function flagValues(): readonly FlagValue[] {
  return OFFERED_FLAGS.map((name) => {
    const flag = FLAGS.get(name);
    if (flag === undefined || isSwitchFlag(flag)) return { flag: name, value: 'none' };
    if (name === 'tekton') return { flag: name, value: 'folder' };
    const isFile =
      name in FILE_FLAGS || flag.kind === 'secret-file' || name === 'exceptions' || name === 'ca-cert';
    if (isFile) return { flag: name, value: 'file' };
    const words = wordsOf(name);
    return { flag: name, value: words.length === 0 ? 'text' : words };
  });
}

function bashScript(): string {
  const cases = flagValues().flatMap(({ flag, value }) => {
    if (value === 'none') return [];
    if (value === 'file') return [`    --${flag}) COMPREPLY=($(compgen -f -- "$word")); return ;;`];
    if (value === 'folder') return [`    --${flag}) COMPREPLY=($(compgen -d -- "$word")); return ;;`];
    const words = value === 'text' ? '' : value.join(' ');
    return [`    --${flag}) COMPREPLY=($(compgen -W "${words}" -- "$word")); return ;;`];
  });
  return `# bash completion for ${PROGRAM}
_registry_scan_gate() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${COMMANDS.join(' ')}" -- "$word"))
    return
  fi
  case \${COMP_WORDS[1]} in
    completion) COMPREPLY=($(compgen -W "${SHELLS.join(' ')}" -- "$word")); return ;;
    help) COMPREPLY=($(compgen -W "${COMMANDS.join(' ')}" -- "$word")); return ;;
    gate | check) ;;
    *) return ;;
  esac
  case $before in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "${OFFERED_FLAGS.map((flag) => `--${flag}`).join(' ')}" -- "$word"))
}
complete -F _registry_scan_gate ${PROGRAM}
`;
}

function zshScript(): string {
  const flags = flagValues().map(({ flag, value }) => {
    if (value === 'none') return `    '--${flag}'`;
    if (value === 'file') return `    '--${flag}=:file:_files'`;
    if (value === 'folder') return `    '--${flag}=:folder:_files -/'`;
    return `    '--${flag}=:value:(${value === 'text' ? '' : value.join(' ')})'`;
  });
  return `#compdef ${PROGRAM}
_registry_scan_gate() {
  local -a flags
  flags=(
${flags.join('\n')}
  )
  if (( CURRENT == 2 )); then
    compadd -- ${COMMANDS.join(' ')}
    return
  fi
  case $words[2] in
    completion) compadd -- ${SHELLS.join(' ')} ;;
    help) compadd -- ${COMMANDS.join(' ')} ;;
    gate|check) shift words; (( CURRENT-- )); _arguments $flags '*:image:_nothing' ;;
  esac
}
compdef _registry_scan_gate ${PROGRAM}
`;
}

function fishScript(): string {
  const isFirst = '__fish_use_subcommand';
  const isGate = '__fish_seen_subcommand_from gate check';
  const flags = flagValues().map(({ flag, value }) => {
    const start = `complete -c ${PROGRAM} -n '${isGate}' -l ${flag}`;
    if (value === 'none') return start;
    if (value === 'file' || value === 'folder') return `${start} -r -F`;
    return value === 'text' ? `${start} -x` : `${start} -x -a '${value.join(' ')}'`;
  });
  return `# fish completion for ${PROGRAM}
complete -c ${PROGRAM} -f
complete -c ${PROGRAM} -n ${isFirst} -a '${COMMANDS.join(' ')}'
complete -c ${PROGRAM} -n '__fish_seen_subcommand_from completion' -a '${SHELLS.join(' ')}'
complete -c ${PROGRAM} -n '__fish_seen_subcommand_from help' -a '${COMMANDS.join(' ')}'
${flags.join('\n')}
`;
}
