import type { Knex } from 'knex';

/**
 * The only thing that replaces what a stored snapshot holds: a statement that one partition became another, on what legal
 * basis and by which two people. Manifests stay as they were sealed and resolve through it.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table ml.redaction (
      redaction_id uuid constraint redaction_pk primary key,
      dataset text not null,
      part text not null,
      old_logical_sha256 text not null constraint redaction_once unique,
      old_file_sha256 text not null,
      new_logical_sha256 text not null,
      new_file_sha256 text not null,
      new_rows bigint not null,
      rows_removed bigint not null constraint redaction_removes check (rows_removed > 0),
      legal_basis text not null constraint redaction_basis check (length(legal_basis) >= 3),
      asked_action uuid not null constraint redaction_asked references aud.action,
      approved_action uuid not null constraint redaction_approved references aud.action,
      at timestamptz not null
    );
    comment on table ml.redaction is 'A partition of stored snapshots from which rows were taken away (sletting, GDPR art. 17)';

    create function ml.check_redaction() returns trigger language plpgsql as $$
    begin
      if (select principal_id from aud.action where action_id = new.asked_action) = (select principal_id from aud.action where action_id = new.approved_action) then
        raise exception 'four eyes: a redaction needs two different people' using errcode = 'check_violation';
      end if;
      return new;
    end $$;
    create trigger redaction_checked before insert on ml.redaction for each row execute function ml.check_redaction();
    create trigger redaction_append_only before update or delete or truncate on ml.redaction for each statement execute function aud.refuse_change();
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table ml.redaction; drop function ml.check_redaction();');
}
