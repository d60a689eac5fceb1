import { Rng } from '../../../domain/rng';
import type { LearningJourney } from './journey';

const CHANCE = 0.2;
/** Share of the drawn cases that end with a finding. Cases that a tip or a rule opened find far more. */
const FINDINGS = 0.15;

/** Events of cases opened on providers drawn at random among those without a case in the test period. */
export async function randomCases({ t }: LearningJourney): Promise<object[]> {
  const rng = new Rng('draw');
  const { rows } = await t.db.raw<{ rows: { practice_no: string }[] }>(
    `select p.practice_no from core.provider p
      where not exists (select 1 from ctl.case c where c.provider_id = p.provider_id
        and c.opened >= '2023-03-01' and c.opened < '2023-11-01')
      order by 1`,
  );
  return rows
    .filter(() => rng.chance(CHANCE))
    .flatMap(({ practice_no: praksisId }, i) => {
      const saksnr = `D-${String(i).padStart(4, '0')}`;
      const found = rng.chance(FINDINGS);
      return [
        {
          type: 'apnet',
          saksnr,
          praksisId,
          apnet: i % 2 ? '2023-03-10' : '2023-07-10',
          grunnlag: 'random',
          utvalgssannsynlighet: CHANCE,
          saksbehandler: 'team-1',
          kjentFra: i % 2 ? '2023-03-10T12:00:00Z' : '2023-07-10T12:00:00Z',
        },
        {
          type: 'vedtak',
          saksnr,
          vedtatt: '2024-02-01',
          utfall: found ? 'reclaim' : 'none',
          belop: found ? '50000.00' : '0.00',
          kjentFra: '2024-02-04T12:00:00Z',
        },
      ];
    });
}
