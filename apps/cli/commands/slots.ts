import type { Command } from 'commander';
import { answerIntervention, rollBack, suspendScoring } from '../../../application/interventions';
import { ANSWERS_NEEDED, CONFIRM_HOURS, isSettled } from '../../../domain/rules/interventions';
import { toInstant } from '../../../domain/time/instant';
import { namesOf, provenLiveAt } from '../../../platform/db/read-models/live-at';
import { interventionsOf } from '../../../platform/db/stores/interventions';
import { DEFAULT_SLOT } from '../defaults';
import { MOST, wholeNumber } from '../numbers';
import { type Out, print, short, table } from '../output';
import { withAuthenticatedContext, withReadContext } from '../session';

interface SlotReason extends Out {
  readonly slot: string;
  readonly reason: string;
}

function live(slot: Command): void {
  slot
    .command('live')
    .description(
      'which version was live at an instant, who asked, who approved, on which data and code, and what came of it',
    )
    .option('--at <instant>', 'such as 2026-03-01T12:00:00Z; now without it')
    .option('--slot <slot>', 'purpose/segment; all without it')
    .addHelpText('after', '\nExample: utplukk slot live --at 2026-03-01T12:00:00Z')
    .action(async (options: { at?: string; slot?: string } & Out) => {
      const at = options.at === undefined ? new Date() : new Date(toInstant(options.at, '--at'));
      const rows = await withReadContext('getLiveAt', async ({ db }) => {
        const found = await provenLiveAt(db, at, options.slot);
        const names = await namesOf(
          db,
          found.flatMap((row) => [row.trainedBy, row.requestedBy, row.decidedBy]),
        );
        return found.map((row) => ({
          ...row,
          trainedBy: names.get(row.trainedBy),
          requestedBy: names.get(row.requestedBy),
          decidedBy: names.get(row.decidedBy),
        }));
      });
      print(options, rows, () =>
        rows.length === 0
          ? `Nothing was live at ${at.toISOString()}.`
          : table(
              [
                'slot',
                'version',
                'live from',
                'until',
                'trained',
                'asked',
                'approved',
                'data',
                'code',
                'lists',
                'ledger',
              ],
              rows.map((row) => [
                `${row.slot}${row.suspended ? ' (scoring suspended)' : ''}`,
                short(row.versionId),
                row.liveFrom.toISOString().slice(0, 19),
                row.liveUntil?.toISOString().slice(0, 19) ?? '',
                row.trainedBy,
                row.requestedBy,
                row.decidedBy,
                short(row.snapshotId ?? row.matrixId),
                short(row.code),
                row.lists.map(short).join(' '),
                row.ledger.map(({ seq }) => seq).join(' '),
              ]),
            ),
      );
    });
}

function suspend(slot: Command): void {
  slot
    .command('suspend')
    .description('suspend scoring for a slot until two people lift it (roles approver, control-leader, data-scientist)')
    .option('--slot <slot>', 'purpose/segment', DEFAULT_SLOT)
    .requiredOption('--reason <words>', 'why; kept erasable, the ledger holds its digest')
    .addHelpText('after', '\nExample: utplukk slot suspend --reason "scores of dentists jumped overnight"')
    .action(async (options: SlotReason) => {
      const result = await withAuthenticatedContext((context) => suspendScoring(context, options.slot, options.reason));
      print(
        options,
        result,
        () =>
          `Scoring of ${options.slot} is suspended (${short(result.interventionId)}). Two approvers lift it: ` +
          `utplukk slot confirm ${short(result.interventionId)} --reason "…"`,
      );
    });
}

function rollBackSlot(slot: Command): void {
  slot
    .command('roll-back')
    .description(
      'roll a slot back to its earlier version; a second approver confirms in time, or scoring is suspended ' +
        '(role approver)',
    )
    .option('--slot <slot>', 'purpose/segment', DEFAULT_SLOT)
    .option(
      '--confirm-hours <n>',
      'hours within which a second person confirms',
      wholeNumber('--confirm-hours', 1, MOST.confirmHours),
      CONFIRM_HOURS,
    )
    .requiredOption('--reason <words>', 'why; kept erasable, the ledger holds its digest')
    .addHelpText('after', '\nExample: utplukk slot roll-back --reason "scores drifted after the tariff change"')
    .action(async (options: SlotReason & { confirmHours: number }) => {
      const result = await withAuthenticatedContext((context) =>
        rollBack(context, options.slot, options.reason, options.confirmHours),
      );
      print(
        options,
        result,
        () =>
          `${options.slot}: version ${short(result.to)} is live again instead of ` +
          `${short(result.from)}.\nSomeone else confirms before ${result.confirmBy.toISOString()}, or scoring ` +
          `is suspended: utplukk slot confirm ${short(result.interventionId)} --reason "…"`,
      );
    });
}

function confirm(slot: Command): void {
  slot
    .command('confirm')
    .description('confirm a roll-back, or lift a suspension (role approver; a roll-back not by who made it)')
    .argument('<intervention>', 'six characters or more')
    .requiredOption('--reason <words>', 'why; kept erasable, the ledger holds its digest')
    .addHelpText('after', '\nExample: utplukk slot confirm 3f2b01aa --reason "looked at the scores too"')
    .action(async (id: string, options: { reason: string } & Out) => {
      const result = await withAuthenticatedContext((context) => answerIntervention(context, id, options.reason));
      print(options, result, () =>
        result.settled
          ? 'Enough people have answered: it is settled.'
          : `${result.answers} answered; one more person is needed.`,
      );
    });
}

function interventions(slot: Command): void {
  slot
    .command('interventions')
    .description('suspensions and roll-backs, and how many people still have to answer')
    .option('--slot <slot>', 'purpose/segment; all without it')
    .addHelpText('after', '\nExample: utplukk slot interventions')
    .action(async (options: { slot?: string } & Out) => {
      const rows = await withReadContext('getLiveAt', ({ db }) => interventionsOf(db, options.slot));
      print(options, rows, () =>
        table(
          ['intervention', 'slot', 'what', 'at', 'confirm before', 'answers', 'settled'],
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
}

/** Deployment slots: what is live, and what one person may do at once and others then confirm. */
export function slotCommands(program: Command): void {
  const slot = program
    .command('slot')
    .description('deployment slots: what is live; suspend scoring, roll back, confirm');
  for (const add of [live, suspend, rollBackSlot, confirm, interventions]) add(slot);
}
