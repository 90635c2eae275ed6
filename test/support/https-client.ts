import { readFileSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { Agent, request } from "node:https";
import { contractBreach } from "./contract.js";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON; fields are looked at one by one, so they are unknown. */
  readonly json: Record<string, unknown>;
}

interface Options {
  readonly method?: string;
  readonly key?: string | null;
  readonly body?: string | Buffer;
  readonly headers?: Record<string, string>;
}

/** An HTTPS client as a company's web server has one: real TLS, the server's certificate trusted. */
export class HttpsClient {
  readonly url: string;
  readonly key: string;
  readonly #agent: Agent;

  constructor(url: string, key: string, certFile: string) {
    this.url = url;
    this.key = key;
    this.#agent = new Agent({ ca: readFileSync(certFile), keepAlive: true });
  }

  get(path: string, options: Options = {}): Promise<Answer> {
    return this.send(path, { method: "GET", ...options });
  }

  post(path: string, body: unknown, options: Options = {}): Promise<Answer> {
    return this.send(path, {
      method: "POST",
      body: JSON.stringify(body),
      ...options,
      headers: { "content-type": "application/json", ...options.headers },
    });
  }

  postForm(path: string, fields: Record<string, string>): Promise<Answer> {
    return this.send(path, {
      method: "POST",
      body: new URLSearchParams(fields).toString(),
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
  }

  send(path: string, { method = "GET", key = this.key, body, headers = {} }: Options): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        this.url + path,
        {
          method,
          agent: this.#agent,
          timeout: 60_000,
          headers: { ...(key === null ? {} : { authorization: `Bearer ${key}` }), ...headers },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("end", () => {
            const text = Buffer.concat(chunks).toString("utf8");
            const { statusCode: status = 0, headers } = response;
            const broken = contractBreach({ path, method, status, headers, text });
            if (broken !== null) {
              reject(new Error(broken));
              return;
            }
            const isJson = (response.headers["content-type"] ?? "").includes("json");
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text,
              json: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
            });
          });
        },
      );
      outgoing.on("timeout", () => outgoing.destroy(new Error("no answer within 20 s")));
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
