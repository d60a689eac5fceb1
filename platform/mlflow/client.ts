import { type Calls, ROUTES } from './mlflow-api.gen';

/** An error response of MLflow; `code` is MLflow's error code. */
export class MlflowError extends Error {
  constructor(
    readonly call: string,
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(`MLflow ${call}: ${code} (${status}): ${message}`);
    this.name = 'MlflowError';
  }
}

/**
 * Thin typed client of MLflow's REST API. Types and routes are generated from the server's own descriptors
 * (scripts/gen-mlflow-types.py), so the compiler checks every call. It imports nothing else of the project.
 */
export class Mlflow {
  constructor(
    readonly base: string,
    readonly timeoutMs = 30_000,
  ) {}

  /** @throws MlflowError for an error response; the error of fetch if the server does not answer */
  async call<K extends keyof Calls>(name: K, args: Calls[K][0]): Promise<Calls[K][1]> {
    const { method, path } = ROUTES[name];
    const values = Object.entries(args);
    const target = values.reduce(
      (text, [key, value]) => text.replace(`{${key}}`, encodeURIComponent(String(value))),
      path as string,
    );
    const url = new URL(this.base + target);
    if (method === 'GET') {
      for (const [key, value] of values)
        for (const item of Array.isArray(value) ? value : [value])
          if (item !== undefined) url.searchParams.append(key, String(item));
    }
    const body =
      method === 'GET' ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(args) };
    const response = await fetch(url, { method, signal: AbortSignal.timeout(this.timeoutMs), ...body });
    const answer: unknown = JSON.parse(await (await this.#checked(name, response)).text());
    return answer as Calls[K][1];
  }

  /** Uploads a file under a run's artifact root (mlflow-artifacts:/…). */
  async putArtifact(root: string, path: string, body: Uint8Array | string): Promise<void> {
    await this.#checked(
      'putArtifact',
      await fetch(this.#artifactUrl(root, path), {
        method: 'PUT',
        body: body as NonNullable<RequestInit['body']>,
        signal: AbortSignal.timeout(this.timeoutMs),
      }),
    );
  }

  async getArtifact(root: string, path: string): Promise<Uint8Array> {
    const response = await this.#checked(
      'getArtifact',
      await fetch(this.#artifactUrl(root, path), { signal: AbortSignal.timeout(this.timeoutMs) }),
    );
    return new Uint8Array(await response.arrayBuffer());
  }

  #artifactUrl(root: string, path: string): string {
    const prefix = 'mlflow-artifacts:/';
    if (!root.startsWith(prefix)) throw new Error(`${root} is not an artifact root that the server proxies`);
    const parts = [...root.slice(prefix.length).split('/'), ...path.split('/')].filter(Boolean);
    return `${this.base}/api/2.0/mlflow-artifacts/artifacts/${parts.map(encodeURIComponent).join('/')}`;
  }

  async #checked(call: string, response: Response): Promise<Response> {
    if (response.ok) return response;
    const text = await response.text();
    let problem: { error_code?: string; message?: string } = {};
    try {
      problem = JSON.parse(text) as typeof problem;
    } catch {
      // a response that is not JSON is shown as it is
    }
    throw new MlflowError(
      call,
      response.status,
      problem.error_code ?? 'HTTP_ERROR',
      problem.message ?? text.slice(0, 300),
    );
  }
}
