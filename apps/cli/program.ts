import { Command } from 'commander';
import { authCommands } from './commands/auth';
import { completionCommand } from './commands/completion';
import { doctorCommand } from './commands/doctor';
import { featureCommands } from './commands/features';
import { leakageCommands } from './commands/leakage';
import { ledgerCommands } from './commands/ledger';
import { lineageCommands } from './commands/lineage';
import { listCommands } from './commands/lists';
import { promotionCommands } from './commands/promotions';
import { registerCommands } from './commands/register';
import { reproductionCommand } from './commands/reproduction';
import { runCommands } from './commands/runs';
import { scheduleCommands } from './commands/schedules';
import { scoringCommands } from './commands/scoring';
import { slotCommands } from './commands/slots';
import { storeCommands } from './commands/store';
import { tableCommands } from './commands/table';
import { versionCommands } from './commands/versions';
import { EXIT } from './session';

const COMMANDS = [
  authCommands,
  registerCommands,
  featureCommands,
  tableCommands,
  leakageCommands,
  runCommands,
  versionCommands,
  promotionCommands,
  slotCommands,
  scoringCommands,
  listCommands,
  scheduleCommands,
  lineageCommands,
  reproductionCommand,
  ledgerCommands,
  storeCommands,
  doctorCommand,
  completionCommand,
] satisfies ((program: Command) => void)[];

/** Commands that do something, below the nouns that only group them. */
export const leavesOf = (command: Command): Command[] =>
  command.commands.length > 0 ? command.commands.flatMap(leavesOf) : [command];

/** Nouns that group commands, with the program itself. */
const groupsOf = (command: Command): Command[] =>
  command.commands.length > 0 ? [command, ...command.commands.flatMap(groupsOf)] : [];

const namesOf = (command: Command): string => command.commands.map((sub) => sub.name()).join(', ');

/** The command line. Arguments that do not fit are printed with what would, and thrown as a `CommanderError`. */
export function cliProgram(): Command {
  const program = new Command('utplukk')
    .description('Chooses which health providers to control after payment, and proves how every choice was made.')
    .exitOverride() // before the commands, which copy it
    .addHelpText(
      'after',
      `\nExit codes: ${EXIT.ok} done · ${EXIT.internal} internal error · ${EXIT.invalid} bad input · ` +
        `${EXIT.notAllowed} not allowed · ${EXIT.state} not found or wrong state · ${EXIT.away} a server or part ` +
        'is missing\nExample: utplukk login --as kari && utplukk run start docs/examples/demo-register.yaml',
    );
  for (const addTo of COMMANDS) addTo(program);
  for (const command of leavesOf(program)) {
    command.option('--json', 'machine-readable output');
    command.showHelpAfterError('Try --help.');
  }
  for (const group of groupsOf(program)) group.showHelpAfterError(`There are: ${namesOf(group)}. Try --help.`);
  return program;
}
