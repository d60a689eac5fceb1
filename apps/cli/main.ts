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
import { versionCommands } from './commands/versions';
import { EXIT, explainError } from './session';

const program = new Command('utplukk')
  .description('Chooses which health providers to control after payment, and proves how every choice was made.')
  .showHelpAfterError('Try --help.')
  .addHelpText(
    'after',
    `\nExit codes: ${EXIT.ok} done · ${EXIT.internal} internal error · ${EXIT.invalid} bad input · ` +
      `${EXIT.notAllowed} not allowed · ${EXIT.state} not found or wrong state · ${EXIT.away} a server or part ` +
      'is missing\nExample: utplukk login --as kari && utplukk run start docs/examples/demo-register.yaml',
  );

for (const register of [
  authCommands,
  registerCommands,
  featureCommands,
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
])
  register(program);
/** Commands that do something, below the nouns that only group them. */
const leaves = (command: Command): Command[] =>
  command.commands.length > 0 ? command.commands.flatMap(leaves) : [command];
for (const command of leaves(program)) {
  command.option('--json', 'machine-readable output');
  command.showHelpAfterError('Try --help.');
  command.exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.ok : EXIT.invalid));
}

program.parseAsync().catch((error: unknown) => {
  const { text, code, type } = explainError(error);
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify({ error: { type, message: text } })}\n`);
  else process.stderr.write(`${text}\n`);
  process.exitCode = code;
});
