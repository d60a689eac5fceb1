import type { Command } from 'commander';
import { gatesOf, getRequest } from '../../../platform/db/stores/promotions';
import type { RequestContext as Services } from '../../../application/request-context';
import { WAIVERS_NEEDED } from '../../../domain/rules/lifecycle';
import { decide, waiveGate, propose } from '../../../application/promotion';
import { type Out, print, short, table } from '../output';
import { withAuthenticatedContext } from '../session';

const GATE_WAIT_MS = 30_000;

/** Waits until the workflow judged the gates, so that the one who asks sees the verdict at once. */
export async function gatesEvaluated(
  command: Pick<Services, 'db'>,
  requestId: string,
): Promise<Awaited<ReturnType<typeof gatesOf>>> {
  for (
    const end = Date.now() + GATE_WAIT_MS;
    Date.now() < end;
    await new Promise((resolve) => setTimeout(resolve, 150))
  ) {
    const gates = await gatesOf(command.db, requestId);
    if (gates.length > 0) return gates;
  }
  return [];
}

export function promotionCommands(program: Command): void {
  program
    .command('propose')
    .description('ask for a model version to go live; another person decides (role data-scientist)')
    .argument('<version>', 'model version, six characters or more')
    .option('--open-days <n>', 'days until the request expires', Number, 14)
    .option('--purpose <words>', 'why, for the audit trail', 'promotion')
    .addHelpText('after', '\nExample: utplukk propose 4f1c2a90')
    .action(async (version: string, options: { openDays: number; purpose: string } & Out) => {
      await withAuthenticatedContext(async (command) => {
        const { requestId, versionId } = await propose(command, version, options);
        const gates = await gatesEvaluated(command, requestId);
        const passed = gates.length > 0 && gates.every((gate) => gate.passed);
        const next = passed
          ? `Next: utplukk login --as ola && utplukk approve ${short(requestId)} --reason "…"`
          : 'The gates refused it.';
        print(
          options,
          { requestId, versionId, gates, passed },
          () =>
            `Request ${requestId} for version ${short(versionId)}\n${table(
              ['gate', 'passed', 'reason'],
              gates.map((g) => [g.gate, g.passed ? 'yes' : 'NO', g.reason]),
            )}\n${next}`,
        );
      });
    });

  for (const [name, verdict, role] of [
    ['approve', 'approved', 'approver'],
    ['refuse', 'refused', 'approver or reviewer'],
  ] as const) {
    program
      .command(name)
      .description(`${name} a promotion request (role ${role}; not by who asked or trained)`)
      .argument('<request>', 'request, six characters or more')
      .requiredOption('--reason <words>', 'kept erasable; the ledger holds its digest')
      .addHelpText('after', `\nExample: utplukk ${name} 8a17c3de --reason "judged on 2024 outcomes"`)
      .action(async (id: string, options: { reason: string } & Out) => {
        await withAuthenticatedContext(async (command) => {
          const result = await decide(command, id, verdict, options.reason);
          const { versionId, slot } = await getRequest(command.db, result.requestId);
          print(
            options,
            { ...result, versionId, slot },
            () =>
              `Request ${short(result.requestId)} is ${result.verdict}.${result.verdict === 'approved' ? ` Version ${short(versionId)} is live for ${slot}.` : ''}`,
          );
        });
      });
  }

  program
    .command('override')
    .description('give one of two reasons for passing over a failed gate (role approver; not by who asked or trained)')
    .argument('<request>', 'promotion request')
    .argument('<gate>', 'name of the gate')
    .requiredOption('--reason <words>')
    .addHelpText(
      'after',
      '\nExample: utplukk override 3f2b01aa better-than-size --reason "the register lacked two months"',
    )
    .action(async (request: string, gate: string, options: { reason: string } & Out) => {
      await withAuthenticatedContext(async (command) => {
        const result = await waiveGate(command, request, gate, options.reason);
        print(
          options,
          result,
          () => `${result.given} of ${WAIVERS_NEEDED} people have given a reason for gate ${gate}; both stay visible.`,
        );
      });
    });
}
