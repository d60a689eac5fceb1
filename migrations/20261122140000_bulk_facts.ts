import type { Knex } from 'knex';

/**
 * People come by the hundred thousand, and a foreign key is checked a row at a time: two thirds of the time of loading
 * them. As for bills, the loader guarantees these references by how it makes the rows (surrogates from the vault in the
 * same batch, practices looked up), and the product may not delete what they point to.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table core.patient_fact drop constraint patient_fact_patient, drop constraint patient_fact_list, drop constraint patient_fact_batch;
    alter table priv.vault drop constraint vault_patient_fk;
    revoke update, delete on core.patient, core.provider, core.load_batch, priv.vault from utplukk_product;
    grant update (practice_no) on core.provider to utplukk_product;
    grant update (committed_seq, rows_read, rows_loaded, rows_quarantined, known_from_min, known_from_max) on core.load_batch to utplukk_product;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    grant update, delete on core.patient, core.provider, core.load_batch, priv.vault to utplukk_product;
    alter table priv.vault add constraint vault_patient_fk foreign key (patient_key) references core.patient;
    alter table core.patient_fact add constraint patient_fact_patient foreign key (patient_key) references core.patient,
      add constraint patient_fact_list foreign key (list_provider) references core.provider,
      add constraint patient_fact_batch foreign key (batch_id) references core.load_batch;
  `);
}
