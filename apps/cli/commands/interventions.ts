import type { Command } from 'commander';
import { ANSWERS_NEEDED, CONFIRM_HOURS, isSettled } from '../../../domain/rules/interventions';
import { interventionsOf } from '../../../platform/db/stores/interventions';
import { answerIntervention, rollBack, revokeVersion, suspendScoring } from '../../../application/interventions';
import { type Out, print, short, table } from '../output';
import { withAuthenticatedContext, withReadContext } from '../session';
import { DEFAULT_SLOT } from './lists';

interface SlotReason extends Out {
  readonly slot: string;
  readonly reason: string;
}

/** What one person may do at once, and what then needs others. */
export function interventionCommands(program: Command): void {
  const intervention = program
    .command('rollback')
    .description('stop scoring or return to an earlier version at once; others confirm');

  intervention
    .command('stop')
    .description(
      'nothing is scored for a slot until two people lift it (roles approver, control-leader, data-scientist)',
    )
    .option('--slot <slot>', 'purpose/group', DEFAULT_SLOT)
    .requiredOption('--reason <words>')
    .addHelpText('after', '\nExample: utplukk intervention stop --reason "scores of dentists jumped overnight"')
    .action(async (options: SlotReason) => {
      const result = await withAuthenticatedContext((context) => suspendScoring(context, options.slot, options.reason));
      print(
        options,
        result,
        () =>
          `Scoring of ${options.slot} is stopped (${short(result.interventionId)}). Two approvers lift it: utplukk intervention answer ${short(result.interventionId)} --reason "…"`,
      );
    });

  for (const parent of [intervention, program])
    parent
      .command(parent === program ? 'rollback' : 'return')
      .description(
        'return a slot to its earlier version; a second approver confirms in time, or scoring stops (role approver)',
      )
      .option('--slot <slot>', 'purpose/group', DEFAULT_SLOT)
      .option('--confirm-hours <n>', 'hours within which a second person confirms', Number, CONFIRM_HOURS)
      .requiredOption('--reason <words>')
      .addHelpText('after', '\nExample: utplukk intervention return --reason "scores drifted after the tariff change"')
      .action(async (options: SlotReason & { confirmHours: number }) => {
        const result = await withAuthenticatedContext((context) =>
          rollBack(context, options.slot, options.reason, options.confirmHours),
        );
        print(
          options,
          result,
          () =>
            `${options.slot}: version ${short(result.to)} is live again instead of ${short(result.from)}.\nSomeone else confirms before ${result.confirmBy.toISOString()}, or scoring stops: utplukk intervention answer ${short(result.interventionId)} --reason "…"`,
        );
      });

  intervention
    .command('answer')
    .description('confirm a return, or lift a stop (role approver; a return not by who made it)')
    .argument('<intervention>', 'six characters or more')
    .requiredOption('--reason <words>')
    .addHelpText('after', '\nExample: utplukk intervention answer 3f2b01aa --reason "looked at the scores too"')
    .action(async (id: string, options: { reason: string } & Out) => {
      const result = await withAuthenticatedContext((context) => answerIntervention(context, id, options.reason));
      print(options, result, () =>
        result.settled
          ? 'Enough people have answered: it is settled.'
          : `${result.answers} answered; one more person is needed.`,
      );
    });

  intervention
    .command('list')
    .description('emergencies and who has still to answer')
    .option('--slot <slot>', 'purpose/group; all without it')
    .addHelpText('after', '\nExample: utplukk intervention list')
    .action(async (options: { slot?: string } & Out) => {
      const rows = await withReadContext('getLiveAt', ({ db }) => interventionsOf(db, options.slot));
      print(options, rows, () =>
        table(
          ['rollback', 'slot', 'what', 'at', 'confirm before', 'answers', 'settled'],
          rows.map((row) => [
            short(row.interventionId),
            row.slot,
            row.kind,
            row.at.toISOString().slice(0, 19),
            row.confirmBy?.toISOString().slice(0, 19),
            `${row.answers} of ${ANSWERS_NEEDED[row.kind]}`,
            isSettled(row) ? 'yes' : 'no',
          ]),
        ),
      );
    });

  program
    .command('revoke')
    .description('take a model version out of use for good (role approver); scoring refuses it at once')
    .argument('<version>', 'model version, six characters or more')
    .requiredOption('--reason <words>')
    .addHelpText('after', '\nExample: utplukk revoke 4f1c2a90 --reason "trained on a redacted snapshot"')
    .action(async (id: string, options: { reason: string } & Out) => {
      const result = await withAuthenticatedContext((context) => revokeVersion(context, id, options.reason));
      print(
        options,
        result,
        () => `Version ${short(result.versionId)} is revoked; the signed statement is ${short(result.statementId)}.`,
      );
    });
}
