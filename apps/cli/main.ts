import { Command } from 'commander';
import { auditCommands } from './commands/audit';
import { completionCommand } from './commands/completion';
import { dataCommands } from './commands/data';
import { doctorCommand } from './commands/doctor';
import { interventionCommands } from './commands/interventions';
import { evidenceCommands } from './commands/evidence';
import { explanationCommands } from './commands/explanations';
import { postDeploymentCommands } from './commands/post-deployment-evaluation';
import { featureCommands } from './commands/features';
import { leakageCommands } from './commands/leakage';
import { listCommands } from './commands/lists';
import { promotionCommands } from './commands/promotion';
import { scheduleCommands } from './commands/schedules';
import { trainingCommands } from './commands/training';
import { EXIT, explainError } from './session';

const program = new Command('utplukk')
  .description('Chooses which health providers to control after payment, and proves how every choice was made.')
  .showHelpAfterError('Try --help.')
  .addHelpText(
    'after',
    `\nExit codes: ${EXIT.ok} done · ${EXIT.internal} internal error · ${EXIT.invalid} bad input · ${EXIT.notAllowed} not allowed · ${EXIT.state} not found or wrong state · ${EXIT.away} a server or part is missing\nExample: utplukk login --as kari && utplukk train docs/examples/demo-register.yaml`,
  );

for (const register of [
  dataCommands,
  featureCommands,
  trainingCommands,
  explanationCommands,
  postDeploymentCommands,
  promotionCommands,
  interventionCommands,
  listCommands,
  scheduleCommands,
  leakageCommands,
  auditCommands,
  evidenceCommands,
  doctorCommand,
  completionCommand,
])
  register(program);
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
