import { readFileSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { Agent, request } from "node:https";
import { consoleBreach } from "./console-contract.js";

export interface ConsoleAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly bytes: Buffer;
  readonly json: Record<string, unknown>;
}

/** What a browser does of HTTP: it keeps cookies, and says where a request comes from. */
export class ConsoleBrowser {
  readonly url: string;
  readonly #agent: Agent;
  readonly #cookies = new Map<string, string>();

  constructor(url: string, certFile: string) {
    this.url = url;
    this.#agent = new Agent({ ca: readFileSync(certFile), keepAlive: true });
  }

  /** The token in its session cookie. */
  get token(): string | undefined {
    return this.#cookies.get("__Host-honnin");
  }

  set token(token: string | undefined) {
    if (token === undefined) this.#cookies.clear();
    else this.#cookies.set("__Host-honnin", token);
  }

  get(path: string): Promise<ConsoleAnswer> {
    return this.ask("GET", path);
  }

  post(path: string, body: unknown = {}): Promise<ConsoleAnswer> {
    return this.ask("POST", path, body);
  }

  /** Sends a file. */
  upload(path: string, bytes: Buffer | string, type = "text/csv"): Promise<ConsoleAnswer> {
    const headers = { "sec-fetch-site": "same-origin", "content-type": type };
    return this.ask("POST", path, Buffer.from(bytes), headers);
  }

  ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = { "sec-fetch-site": "same-origin" },
  ): Promise<ConsoleAnswer> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    return new Promise((resolve, reject) => {
      const outgoing = request(
        this.url + path,
        {
          method,
          agent: this.#agent,
          timeout: 60_000,
          headers: {
            ...(body === undefined ? {} : { "content-type": typeOf(body) }),
            ...(cookie === "" ? {} : { cookie }),
            "user-agent": "test browser",
            ...headers,
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("end", () => {
            this.#keep(response.headers["set-cookie"] ?? []);
            const bytes = Buffer.concat(chunks);
            const text = bytes.toString("utf8");
            const type = response.headers["content-type"] ?? "";
            const broken = consoleBreach({ method, path, status: response.statusCode ?? 0, text, type });
            if (broken !== null) {
              reject(new Error(broken));
              return;
            }
            const isJson = type.includes("json");
            const json = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text, bytes, json });
          });
        },
      );
      outgoing.on("timeout", () => outgoing.destroy(new Error("no answer within 60 s")));
      outgoing.on("error", reject);
      outgoing.end(body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body));
    });
  }

  close(): void {
    this.#agent.destroy();
  }

  #keep(set: readonly string[]): void {
    for (const line of set) {
      const [pair = ""] = line.split(";");
      const [name = "", value = ""] = pair.split("=");
      if (value === "") this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
  }
}

/** A file is sent as it is, whatever it holds. */
function typeOf(body: unknown): string {
  return Buffer.isBuffer(body) ? "application/octet-stream" : "application/json";
}
