import type { Command } from 'commander';
import { decide, requestPromotion, waiveGate } from '../../../application/promotion';
import { WAIVERS_NEEDED } from '../../../domain/rules/lifecycle';
import { getRequest, listRequests } from '../../../platform/db/stores/promotions';
import { gatesOf } from '../../../platform/db/stores/gates';
import { MOST, wholeNumber } from '../numbers';
import { type Out, print, short, table } from '../output';
import { withAuthenticatedContext, withReadContext } from '../session';
import { gatesEvaluated } from '../wait-for';

function listAll(promotion: Command): void {
  promotion
    .command('list')
    .description('promotion requests, latest first')
    .addHelpText('after', '\nExample: utplukk promotion list')
    .action(async (options: Out) => {
      const requests = await withReadContext('listPromotions', ({ db }) => listRequests(db));
      print(options, requests, () =>
        table(
          ['request', 'version', 'slot', 'state', 'expires'],
          requests.map((r) => [
            short(r.requestId),
            short(r.versionId),
            r.slot,
            r.state,
            r.expiresAt.toISOString().slice(0, 19),
          ]),
        ),
      );
    });
}

const gateTable = (gates: Awaited<ReturnType<typeof gatesOf>>): string =>
  table(
    ['gate', 'passed', 'reason'],
    gates.map((g) => [g.gate, g.passed ? 'yes' : 'NO', g.reason]),
  );

function show(promotion: Command): void {
  promotion
    .command('show')
    .description('one promotion request and its gates')
    .argument('<request>', 'promotion request, six characters or more')
    .addHelpText('after', '\nExample: utplukk promotion show 8a17c3de')
    .action(async (id: string, options: Out) => {
      await withReadContext('getPromotion', async ({ db }) => {
        const request = await getRequest(db, id);
        const gates = await gatesOf(db, request.requestId);
        const until = request.expiresAt.toISOString();
        print(
          options,
          { request, gates },
          () =>
            `Request ${request.requestId} for version ${short(request.versionId)}: ${request.state}, open ` +
            `until ${until}\n${gateTable(gates)}`,
        );
      });
    });
}

function request(promotion: Command): void {
  promotion
    .command('request')
    .description('request that a model version goes live; another person decides (role data-scientist)')
    .argument('<version>', 'model version, six characters or more')
    .option('--open-days <n>', 'days until the request expires', wholeNumber('--open-days', 1, MOST.openDays), 14)
    .option('--purpose <words>', 'why, for the audit trail', 'promotion')
    .addHelpText('after', '\nExample: utplukk promotion request 4f1c2a90')
    .action(async (version: string, options: { openDays: number; purpose: string } & Out) => {
      await withAuthenticatedContext(async (command) => {
        const { requestId, versionId } = await requestPromotion(command, version, options);
        const gates = await gatesEvaluated(command, requestId);
        const passed = gates.length > 0 && gates.every((gate) => gate.passed);
        const next = passed
          ? `Next: utplukk login --as ola && utplukk promotion approve ${short(requestId)} --reason "…"`
          : 'The gates refused it.';
        print(
          options,
          { requestId, versionId, gates, passed },
          () => `Request ${requestId} for version ${short(versionId)}\n${gateTable(gates)}\n${next}`,
        );
      });
    });
}

function decideOn(promotion: Command): void {
  for (const [name, verdict, role] of [
    ['approve', 'approved', 'approver'],
    ['refuse', 'refused', 'approver or reviewer'],
  ] as const) {
    promotion
      .command(name)
      .description(`${name} a promotion request (role ${role}; not by who asked or trained)`)
      .argument('<request>', 'request, six characters or more')
      .requiredOption('--reason <words>', 'kept erasable; the ledger holds its digest')
      .addHelpText('after', `\nExample: utplukk promotion ${name} 8a17c3de --reason "evaluated on 2024 outcomes"`)
      .action(async (id: string, options: { reason: string } & Out) => {
        await withAuthenticatedContext(async (command) => {
          const result = await decide(command, id, verdict, options.reason);
          const { versionId, slot } = await getRequest(command.db, result.requestId);
          print(
            options,
            { ...result, versionId, slot },
            () =>
              `Request ${short(result.requestId)} is ${result.verdict}.` +
              (result.verdict === 'approved' ? ` Version ${short(versionId)} is live for ${slot}.` : ''),
          );
        });
      });
  }
}

function waive(promotion: Command): void {
  promotion
    .command('waive')
    .description(
      'give one of the two reasons needed to waive a failed gate (role approver; not by who asked or trained)',
    )
    .argument('<request>', 'promotion request')
    .argument('<gate>', 'name of the gate')
    .requiredOption('--reason <words>', 'why it may be waived; kept erasable, the ledger holds its digest')
    .addHelpText(
      'after',
      '\nExample: utplukk promotion waive 3f2b01aa better-than-size --reason "the register lacked two months"',
    )
    .action(async (request: string, gate: string, options: { reason: string } & Out) => {
      await withAuthenticatedContext(async (command) => {
        const result = await waiveGate(command, request, gate, options.reason);
        print(
          options,
          result,
          () =>
            `${result.waivers} of ${WAIVERS_NEEDED} people have given a reason for gate ${gate}; both stay visible.`,
        );
      });
    });
}

/** Promotion: one person asks, another decides. */
export function promotionCommands(program: Command): void {
  const promotion = program.command('promotion').description('requests for a model version to go live, and decisions');
  for (const add of [listAll, show, request, decideOn, waive]) add(promotion);
}
