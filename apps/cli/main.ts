import { Command } from 'commander';
import { auditCommands } from './commands/audit';
import { dataCommands } from './commands/data';
import { doctorCommand } from './commands/doctor';
import { listCommands } from './commands/lists';
import { promotionCommands } from './commands/promotion';
import { scheduleCommands } from './commands/schedules';
import { trainingCommands } from './commands/training';
import { EXIT, explainError } from './session';

const program = new Command('utplukk')
  .description('Chooses which health actors to control after payment, and proves how every choice was made.')
  .option('--json', 'machine-readable output')
  .showHelpAfterError()
  .addHelpText(
    'after',
    `\nExit codes: ${EXIT.ok} done · ${EXIT.internal} internal error · ${EXIT.invalid} bad input · ${EXIT.notAllowed} not allowed · ${EXIT.state} not found or wrong state · ${EXIT.away} a server or part is missing\nExample: utplukk login --as kari && utplukk train docs/examples/demo-register.yaml`,
  );

for (const register of [dataCommands, trainingCommands, promotionCommands, listCommands, scheduleCommands, auditCommands, doctorCommand])
  register(program);
// --json may stand after the command too, where people type it.
for (const command of program.commands) {
  command.option('--json', 'machine-readable output');
  for (const sub of command.commands) sub.option('--json', 'machine-readable output');
}

program.parseAsync().catch((error: unknown) => {
  const { text, code, type } = explainError(error);
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify({ error: { type, message: text } })}\n`);
  else process.stderr.write(`${text}\n`);
  process.exitCode = code;
});
