import type { Knex } from 'knex';

/** What a control of each candidate is expected to find, and whether the model has seen anything like it. Lists from before say neither. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table sel.line add column expected_ore bigint constraint line_expected check (expected_ore >= 0);
    alter table sel.line add column out_of_distribution boolean;
    comment on column sel.line.out_of_distribution is 'The provider is unlike all that training saw, so little stands behind its figures (ulik alt modellen har sett)';
    comment on column sel.line.expected_ore is 'Kroner to expect of a control, in øre: probability of a finding times what a finding is expected to be worth (forventet beløp)';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table sel.line drop column expected_ore, drop column out_of_distribution');
}
