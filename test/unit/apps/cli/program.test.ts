import { type Command, CommanderError } from 'commander';
import { cliProgram, leavesOf } from '../../../../apps/cli/program';

/** What the program prints and throws for arguments that it refuses before it does anything. */
async function refused(...args: string[]): Promise<{ code: unknown; exitCode: unknown; text: string }> {
  const program = cliProgram();
  let text = '';
  const quiet = (command: Command) => {
    command.configureOutput({ writeErr: (part) => (text += part), writeOut: (part) => (text += part) });
    command.commands.forEach(quiet);
  };
  quiet(program);
  const error: unknown = await program.parseAsync(['node', 'utplukk', ...args]).catch((thrown: unknown) => thrown);
  if (error instanceof CommanderError) return { code: error.code, exitCode: error.exitCode, text };
  throw new Error(`utplukk ${args.join(' ')} was not refused by its arguments: ${String(error)}`);
}

test('every command, argument and option says what it means', () => {
  const without = leavesOf(cliProgram()).flatMap((command) => [
    ...(command.description() === '' ? [command.name()] : []),
    ...command.registeredArguments
      .filter(({ description }) => description === '')
      .map((argument) => `${command.parent?.name()} ${command.name()} <${argument.name()}>`),
    ...command.options
      .filter(({ description }) => description === '')
      .map(({ flags }) => `${command.parent?.name()} ${command.name()} ${flags}`),
  ]);
  expect(without).toEqual([]);
});

test('an unknown word is refused with the words that there are', async () => {
  expect(await refused('nonsense')).toMatchObject({
    code: 'commander.unknownCommand',
    text: expect.stringMatching(/unknown command 'nonsense'[\s\S]*There are: login, register, feature, /) as string,
  });
  expect(await refused('run', 'strat')).toMatchObject({
    code: 'commander.unknownCommand',
    text: expect.stringMatching(/There are: start, list, show, compare, trials, evaluation, cancel/) as string,
  });
});

test('a noun alone shows its verbs and is an error', async () => {
  const { exitCode, text } = await refused('run');
  expect(exitCode).not.toBe(0);
  for (const verb of ['start', 'list', 'show', 'compare', 'trials', 'evaluation', 'cancel'])
    expect(text).toMatch(new RegExp(`^  ${verb}\\b`, 'm'));
});

test('help is no error', async () => {
  expect(await refused('run', 'start', '--help')).toMatchObject({ exitCode: 0 });
});

test('a run without an experiment says what it needs', async () => {
  const program = cliProgram();
  await expect(program.parseAsync(['node', 'utplukk', 'run', 'start'])).rejects.toMatchObject({
    name: 'InvalidInput',
    message: 'run start needs an experiment file, such as docs/examples/demo-register.yaml',
    next: '`utplukk run start --schema` prints its schema.',
  });
});
