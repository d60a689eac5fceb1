import { CommanderError } from 'commander';
import { cliProgram } from './program';
import { EXIT, explainError } from './session';

cliProgram()
  .parseAsync()
  .catch((error: unknown) => {
    if (error instanceof CommanderError) {
      // It has been printed.
      process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.invalid;
      return;
    }
    const { text, code, type } = explainError(error);
    if (process.argv.includes('--json'))
      process.stdout.write(`${JSON.stringify({ error: { type, message: text } })}\n`);
    else process.stderr.write(`${text}\n`);
    process.exitCode = code;
  });
