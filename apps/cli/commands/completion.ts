import { Argument, type Command } from 'commander';

type Shell = 'bash' | 'zsh';

/** What may follow a command: its subcommands or its options, and the words that an option takes. */
interface Place {
  /** Words typed so far, without the program: '' or 'intervention list'. */
  readonly path: string;
  readonly words: readonly string[];
  readonly choices: readonly (readonly [option: string, values: readonly string[]])[];
}

function placesOf(command: Command, path = ''): Place[] {
  const subcommands = command.commands.filter((sub) => sub.name() !== 'help');
  const options = command.options.flatMap((option) => option.long ?? []);
  const choices = command.options.flatMap((option) =>
    option.argChoices && option.long ? [[option.long, option.argChoices] as const] : [],
  );
  const values = command.registeredArguments.flatMap((argument) => argument.argChoices ?? []);
  const own: Place = {
    path,
    words: [...subcommands.map((sub) => sub.name()), ...values, ...options, '--help'],
    choices,
  };
  return [own, ...subcommands.flatMap((sub) => placesOf(sub, `${path} ${sub.name()}`))];
}

/**
 * A script for the shell, generated from the commands. Completing starts no process: the program takes a second to
 * start, which is too long for a key press.
 */
function script(program: Command, shell: Shell): string {
  const name = program.name();
  const places = placesOf(program);
  const inner = places.filter(({ path }) => path !== '').map(({ path }) => `'${path}'`);
  const choices = places.flatMap(({ path, choices: all }) =>
    all.map(([option, values]) => `    '${path}:${option}') words='${values.join(' ')}' ;;`),
  );
  const words = places.map((place) => `      '${place.path}') words='${place.words.join(' ')}' ;;`);
  return [
    `# Completion of ${name}: eval "$(${name} completion ${shell})"`,
    ...(shell === 'zsh' ? ['autoload -U +X bashcompinit && bashcompinit'] : []),
    `_${name}() {`,
    "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} path='' words='' i",
    '  for ((i = 1; i < COMP_CWORD; i++)); do',
    `    case "$path \${COMP_WORDS[i]}" in ${inner.join('|')}) path="$path \${COMP_WORDS[i]}" ;; esac`,
    '  done',
    '  case "$path:$prev" in',
    ...choices,
    '    *) case "$path" in',
    ...words,
    '    esac ;;',
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$cur"))',
    '}',
    // Files where nothing of ours fits: experiments, tables, folders.
    `complete -o default -F _${name} ${name}`,
  ].join('\n');
}

export function completionCommand(program: Command): void {
  program
    .command('completion')
    .description('a script that completes commands and options in the shell')
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh']))
    .addHelpText('after', '\nExample: eval "$(utplukk completion bash)"')
    .action((shell: Shell) => {
      process.stdout.write(`${script(program, shell)}\n`);
    });
}
