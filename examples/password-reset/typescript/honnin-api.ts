import { type Agent, request } from "node:https";

/** What of an answer this site looks at. */
export interface Verification {
  readonly status: "pending" | "in_progress" | "verified" | "failed" | "expired" | "canceled";
  readonly reason: string | null;
  readonly code_entries: number;
  readonly attempts: readonly {
    readonly ringing_at: string | null;
    readonly answered_at: string | null;
    readonly ended_at: string | null;
  }[];
}

/** A refusal of Honnin, by its stable code; `unreachable` where there was no answer at all. */
export class HonninError extends Error {
  readonly code: string;

  constructor(code: string, detail: string) {
    super(detail);
    this.name = "HonninError";
    this.code = code;
  }
}

const TIMEOUT_MS = 10_000;

/** The calls to Honnin that this site needs. The key stays here: no browser ever sees it. */
export class HonninApi {
  readonly #url: string;
  readonly #key: () => string | Promise<string>;
  readonly #agent: Agent;

  /** @param agent trusts the certificate of the service: `new Agent({ ca })`. */
  constructor(url: string, key: () => string | Promise<string>, agent: Agent) {
    this.#url = url;
    this.#key = key;
    this.#agent = agent;
  }

  register(body: Readonly<Record<string, unknown>>): Promise<Verification> {
    return this.#ask("POST", "/v1/verifications", body);
  }

  result(id: string): Promise<Verification> {
    return this.#ask("POST", "/v1/verifications/result", { id });
  }

  cancel(id: string): Promise<Verification> {
    return this.#ask("POST", `/v1/verifications/${encodeURIComponent(id)}/cancel`, {});
  }

  async #ask(method: string, path: string, body: object): Promise<Verification> {
    const headers = { authorization: `Bearer ${await this.#key()}`, "content-type": "application/json" };
    const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      const failed = (error: Error): void => {
        reject(new HonninError("unreachable", error.message));
      };
      const options = { method, headers, agent: this.#agent, timeout: TIMEOUT_MS };
      const outgoing = request(this.#url + path, options, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", failed);
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") });
        });
      });
      outgoing.on("timeout", () => outgoing.destroy(new Error("no answer in time")));
      outgoing.on("error", failed);
      outgoing.end(JSON.stringify(body));
    });
    let answer: unknown;
    try {
      answer = JSON.parse(text);
    } catch {
      throw new HonninError("unreachable", `status ${status}, and no JSON`);
    }
    if (status < 400) return answer as Verification;
    const { code, detail } = answer as { code?: string; detail?: string };
    throw new HonninError(code ?? "unreachable", detail ?? `status ${status}`);
  }
}
