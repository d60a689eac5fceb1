import type { Scenario } from './generate';
import { MUNICIPALITIES } from './register';
import { monthAt } from './simulation-config';

/** Facts about providers as the payer's register records them, oldest first. */
export function providerFacts({ config, providers }: Scenario): Record<string, unknown>[] {
  return providers.flatMap((provider) => {
    const from = `${monthAt(config, provider.fromMonth)}-01`;
    const fact = {
      hprNr: String(provider.hprNr),
      orgnr: provider.orgnr,
      praksisId: provider.praksisId,
      ...(provider.group.practiceType === undefined ? {} : { praksistype: provider.group.practiceType }),
      fagomrade: provider.group.field,
      kommunenr: MUNICIPALITIES[provider.municipality]![0],
      ...(provider.listSize === undefined ? {} : { listelengde: provider.listSize }),
      kontoHash: `k${provider.account}`,
      registrertVia: 'praksisinfo',
      gyldigFra: from,
      kjentFra: `${from}T00:00:00Z`,
    };
    // One provider in twenty changes its account; those who start a planted behaviour do so more often.
    const changes = provider.index % 20 === 3 || (provider.startMonth > 0 && provider.index % 3 === 0);
    const month = Math.min(
      provider.untilMonth - 1,
      Math.max(
        provider.fromMonth + 2,
        provider.startMonth > 0 ? provider.startMonth - 1 : provider.fromMonth + (provider.index % 18),
      ),
    );
    if (!changes || month <= provider.fromMonth) return [fact];
    const day = `${monthAt(config, month)}-10`;
    return [fact, { ...fact, kontoHash: `k${provider.account}x`, gyldigFra: day, kjentFra: `${day}T08:00:00Z` }];
  });
}

/** Substitutes of practices. */
export function substitutes({ config, providers }: Scenario): Record<string, unknown>[] {
  return providers
    .filter((provider) => provider.substitute)
    .map((provider) => {
      const from = `${monthAt(config, provider.fromMonth)}-01`;
      return {
        praksisId: provider.praksisId,
        vikarHprNr: provider.hprNr + 3,
        fra: from,
        kjentFra: `${from}T00:00:00Z`,
      };
    });
}
