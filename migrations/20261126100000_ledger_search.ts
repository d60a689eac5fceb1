import type { Knex } from 'knex';

/** Searching a ledger of a million entries by what an entry is about, by act and by person, without reading all of it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index aud.entry_subject;
    create index entry_subject on aud.entry (subject_id text_pattern_ops, subject_kind);
    create index entry_named on aud.entry (event text_pattern_ops);
    create index entry_of_action on aud.entry (action_id);
    create index act_of_principal on aud.action (principal_id);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index aud.act_of_principal, aud.entry_of_action, aud.entry_named, aud.entry_subject;
    create index entry_subject on aud.entry (subject_kind, subject_id);
  `);
}
