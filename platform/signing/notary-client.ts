import { z } from 'zod';
import { FAILURE_TYPES } from '../../domain/failure-types';
import { UtplukkError } from '../../domain/errors';
import { type Envelope, envelopeSchema } from './dsse';
import type { LabelCorrection, PostDeploymentStatement, VersionPredicate } from './statements';

const problem = z.object({
  type: z.enum([...FAILURE_TYPES, 'Internal']),
  message: z.string(),
  next: z.string().optional(),
});

interface Subject {
  readonly slot: string;
  readonly versionId: string;
}

/** Asks the notary to sign. A refusal is thrown as the error that the notary returned. */
export class NotaryClient {
  constructor(readonly url: string) {}

  version = (subject: Subject & Omit<VersionPredicate, 'slot' | 'at'> & { serviceToken: string }): Promise<Envelope> =>
    this.#signed('versions', subject);
  request = (subject: Subject & { requestId: string; idToken: string }): Promise<Envelope> =>
    this.#signed('requests', subject);
  decision = (
    subject: Subject & {
      requestId: string;
      verdict: 'approved' | 'refused';
      idToken: string;
      request: unknown;
      version: unknown;
    },
  ): Promise<Envelope> => this.#signed('decisions', subject);
  revocation = (subject: Subject & { requestId: string; idToken: string }): Promise<Envelope> =>
    this.#signed('revocations', subject);

  labelCorrection = (
    subject: Subject & Omit<LabelCorrection, 'slot' | 'at'> & { serviceToken: string },
  ): Promise<Envelope> => this.#signed('label-corrections', subject);

  postDeploymentEvaluation = (
    subject: Subject & Omit<PostDeploymentStatement, 'slot' | 'at'> & { serviceToken: string },
  ): Promise<Envelope> => this.#signed('post-deployment-evaluations', subject);

  /** Has the notary sign a checkpoint of the current ledger. */
  async checkpoint(): Promise<void> {
    await this.#post('checkpoints', {});
  }

  async #signed(what: string, body: object): Promise<Envelope> {
    return envelopeSchema.parse(await this.#post(what, body));
  }

  async #post(what: string, body: object): Promise<unknown> {
    const response = await fetch(`${this.url}/v1/${what}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(60_000),
    }).catch((error: unknown) => {
      throw new UtplukkError(
        'SourceUnavailable',
        `the notary does not answer (${(error as { cause?: { code?: string } }).cause?.code ?? String(error)})`,
        'Is `npm start` running?',
      );
    });
    const answer: unknown = await response.json();
    if (response.ok) return answer;
    const { type, message, next } = problem.parse(answer);
    if (type === 'Internal') throw new Error(message);
    throw new UtplukkError(type, message, next);
  }
}
