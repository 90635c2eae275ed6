import { type Agent, request } from "node:https";
import { CommandError, EXIT } from "./exit-codes.js";
import { pinnedAgent } from "./pinned-agent.js";

/** A verification as far as the commands read it. */
export interface ApiVerification {
  readonly id: string;
  readonly status: string;
  readonly reason: string | null;
  readonly code?: string;
  readonly phone_number: string;
  readonly attempts: readonly { readonly outcome: string | null; readonly answered_at: string | null }[];
}

const REQUEST_MS = 10_000;
/** The service is well and says no: to the request, to the number. */
const REFUSALS = [400, 404, 409, 422];

/** The API over HTTPS, as any web server would use it. node:https because fetch cannot be given an agent. */
export class ApiClient {
  readonly #url: string;
  readonly #key: string;
  readonly #agent: Agent;

  /**
   * @param certFile the server's certificate; no other is trusted.
   * @param authority PEM: but what it has issued for the same names.
   */
  constructor(url: string, key: string, certFile: string, authority?: Buffer) {
    this.#url = url;
    this.#key = key;
    this.#agent = pinnedAgent(certFile, { authority });
  }

  register(body: Readonly<Record<string, unknown>>): Promise<ApiVerification> {
    return this.#call("POST", "/v1/verifications", body);
  }

  result(id: string): Promise<ApiVerification> {
    return this.#call("POST", "/v1/verifications/result", { id });
  }

  close(): void {
    this.#agent.destroy();
  }

  #call(method: string, path: string, body: unknown): Promise<ApiVerification> {
    return new Promise((resolve, reject) => {
      const fail = (detail: string, exitCode: number = EXIT.unavailable): void => {
        reject(new CommandError(`${method} ${path}: ${detail}`, exitCode));
      };
      const outgoing = request(
        `${this.#url}${path}`,
        {
          method,
          agent: this.#agent,
          timeout: REQUEST_MS,
          headers: { authorization: `Bearer ${this.#key}`, "content-type": "application/json" },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("end", () => {
            const text = Buffer.concat(chunks).toString("utf8");
            const status = response.statusCode ?? 500;
            if (status < 300) resolve(JSON.parse(text) as ApiVerification);
            else fail(`${status} ${text}`, REFUSALS.includes(status) ? EXIT.negative : EXIT.unavailable);
          });
        },
      );
      outgoing.on("timeout", () => outgoing.destroy(new Error(`no answer within ${REQUEST_MS} ms`)));
      outgoing.on("error", (error) => {
        fail(error.message);
      });
      outgoing.end(JSON.stringify(body));
    });
  }
}
