import { z } from 'zod';
import { FAILURE_TYPES } from '../../domain/failure-types';
import { UtplukkError } from '../../domain/errors';
import { type Envelope, envelopeSchema } from './dsse';
import type { LabelCorrection, PostDeploymentDocument, VersionPredicate } from './statements';

const problem = z.object({
  type: z.enum([...FAILURE_TYPES, 'Internal']),
  message: z.string(),
  next: z.string().optional(),
});

interface About {
  readonly slot: string;
  readonly versionId: string;
}

/** Asks the notary to sign. What it refuses comes back as the error that it gave. */
export class NotaryClient {
  constructor(readonly url: string) {}

  version = (about: About & Omit<VersionPredicate, 'slot' | 'at'> & { serviceToken: string }): Promise<Envelope> =>
    this.#signed('versions', about);
  request = (about: About & { requestId: string; idToken: string }): Promise<Envelope> =>
    this.#signed('requests', about);
  decision = (
    about: About & {
      requestId: string;
      verdict: 'approved' | 'refused';
      idToken: string;
      request: unknown;
      version: unknown;
    },
  ): Promise<Envelope> => this.#signed('decisions', about);
  revocation = (about: About & { requestId: string; idToken: string }): Promise<Envelope> =>
    this.#signed('revocations', about);

  labelCorrection = (
    about: About & Omit<LabelCorrection, 'slot' | 'at'> & { serviceToken: string },
  ): Promise<Envelope> => this.#signed('label-corrections', about);

  postDeploymentDocument = (
    about: About & Omit<PostDeploymentDocument, 'slot' | 'at'> & { serviceToken: string },
  ): Promise<Envelope> => this.#signed('later-evaluations', about);

  /** Covers the ledger as it is now. */
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
