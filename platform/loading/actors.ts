import { actorSchema, agreementSchema, substituteSchema } from '../../domain/schemas/kuhr';
import { accept, type Batch, type LineLoader } from './batch';
import { ProviderIndex } from './keys';
import { unknownFields } from './settlements';

const ACTOR_KEYS = Object.keys(actorSchema.shape);

/** Facts about actors: one line a fact; a later known fact supersedes, nothing is overwritten. */
export class ActorLoader implements LineLoader {
  readonly kind = 'actor';

  async line(batch: Batch, line: number, value: unknown): Promise<void> {
    const actor = accept(batch, line, 'actor', actorSchema, value);
    if (!actor) return;
    batch.known(Date.parse(actor.kjentFra));
    const { rows } = await batch.tx.raw<{ rows: { provider_id: number }[] }>(
      `insert into core.provider (hpr_no, orgnr, practice_no) values (?, ?, ?)
       on conflict on constraint provider_practice do update set practice_no = excluded.practice_no returning provider_id`,
      [actor.hprNr ?? null, actor.orgnr ?? null, actor.praksisId],
    );
    const extra = unknownFields(actor, ACTOR_KEYS);
    const written = await batch.tx.raw<{ rowCount: number }>(
      `insert into core.provider_fact (provider_id, known_from, valid_from, valid_to, practice_type, field, municipality, list_size, account_hash, registered_via, batch_id, extra)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict on constraint provider_fact_pk do nothing`,
      [
        rows[0]!.provider_id,
        actor.kjentFra,
        actor.gyldigFra,
        actor.gyldigTil ?? null,
        actor.praksistype,
        actor.fagomrade,
        actor.kommunenr,
        actor.listelengde ?? null,
        actor.kontoHash ?? null,
        actor.registrertVia ?? null,
        batch.batchId,
        extra ? JSON.stringify(extra) : null,
      ],
    );
    if (written.rowCount === 1) batch.loaded++;
    else
      batch.refuse(
        line,
        'actor',
        'praksisId',
        actor.praksisId,
        'duplicate: a fact with the same practice, valid-from and known-from was loaded before',
      );
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }
}

/** A fact about one practice that must be known already. */
interface PracticeFact {
  readonly praksisId: string;
  readonly kjentFra: string;
}

/** Loads one kind of fact about practices into one table; subclasses say how a line reads and what it writes. */
abstract class PracticeFactLoader<T extends PracticeFact> implements LineLoader {
  abstract readonly kind: LineLoader['kind'];
  readonly #providers = new ProviderIndex();
  protected abstract read(batch: Batch, line: number, value: unknown): T | undefined;
  protected abstract write(batch: Batch, provider: number, fact: T): Promise<{ rowCount: number }>;

  async line(batch: Batch, line: number, value: unknown): Promise<void> {
    const fact = this.read(batch, line, value);
    if (!fact) return;
    const provider = await this.#providers.idOf(batch.tx, fact.praksisId);
    if (provider === undefined) {
      batch.refuse(line, this.kind, 'praksisId', fact.praksisId, 'no such practice is known; load its actor first');
      return;
    }
    batch.known(Date.parse(fact.kjentFra));
    const { rowCount } = await this.write(batch, provider, fact);
    if (rowCount === 1) batch.loaded++;
    else batch.refuse(line, this.kind, 'praksisId', fact.praksisId, 'duplicate: the same fact was loaded before');
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }
}

/** Who stands in for whom (vikar). */
export class SubstituteLoader extends PracticeFactLoader<ReturnType<typeof substituteSchema.parse>> {
  readonly kind = 'substitute';
  protected read(batch: Batch, line: number, value: unknown) {
    return accept(batch, line, this.kind, substituteSchema, value);
  }
  protected write(batch: Batch, provider: number, fact: ReturnType<typeof substituteSchema.parse>) {
    return batch.tx.raw<{ rowCount: number }>(
      'insert into core.substitute (provider_id, substitute_hpr, valid_from, valid_to, known_from, batch_id) values (?, ?, ?, ?, ?, ?) on conflict do nothing',
      [provider, fact.vikarHprNr, fact.fra, fact.til ?? null, fact.kjentFra, batch.batchId],
    );
  }
}

/** Agreements on direct settlement (avtale om direkte oppgjør). */
export class AgreementLoader extends PracticeFactLoader<ReturnType<typeof agreementSchema.parse>> {
  readonly kind = 'agreement';
  protected read(batch: Batch, line: number, value: unknown) {
    return accept(batch, line, this.kind, agreementSchema, value);
  }
  protected write(batch: Batch, provider: number, fact: ReturnType<typeof agreementSchema.parse>) {
    return batch.tx.raw<{ rowCount: number }>(
      'insert into core.agreement (provider_id, scope, valid_from, valid_to, known_from, batch_id) values (?, ?, ?, ?, ?, ?) on conflict do nothing',
      [provider, fact.omfang, fact.fra, fact.til ?? null, fact.kjentFra, batch.batchId],
    );
  }
}
