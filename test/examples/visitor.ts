import { PATIENCE_MS, poll } from "../phones/waiting.js";

export interface FlowView {
  readonly kind: string;
  readonly state: string;
  readonly reason: string | null;
  readonly entries: number;
  readonly code: string;
  readonly call_to: string | null;
  readonly seconds_left: number;
  readonly transfer: { readonly payee: string; readonly amount: number } | null;
  readonly password: string | null;
}

export interface SiteView {
  readonly member: string | null;
  readonly inbound: boolean;
  readonly flow: FlowView | null;
}

export interface SiteAnswer {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
}

const CALL_MS = 2 * PATIENCE_MS;

/** Somebody's browser at a site, without the browser: what the page's own script sends, and the cookie. */
export class Visitor {
  readonly #origin: string;
  #cookie: string;
  /** Every answer, to look for what must not be in one. */
  received = "";

  constructor(origin: string, cookie = "") {
    this.#origin = origin;
    this.#cookie = cookie;
  }

  /** Whatever a browser keeps of this visit. */
  get cookie(): string {
    return this.#cookie;
  }

  async state(): Promise<SiteView> {
    return (await this.#send("GET", "/api/state")).json as unknown as SiteView;
  }

  start(body: Readonly<Record<string, unknown>>): Promise<SiteAnswer> {
    return this.post("/api/start", body);
  }

  post(at: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<SiteAnswer> {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return this.#send("POST", at, { "content-type": "application/json", ...headers }, text);
  }

  /** The flow as soon as it is so. */
  async until(what: string, holds: (flow: FlowView) => boolean): Promise<FlowView> {
    let seen: FlowView | null = null;
    const look = async (): Promise<boolean> => {
      const { status, json } = await this.#send("GET", "/api/state");
      // As the page does where Honnin cannot be asked just now: asks again.
      if (status === 503) return false;
      seen = (json as unknown as SiteView).flow;
      return seen !== null && holds(seen);
    };
    await poll(look, CALL_MS, what).catch((error: unknown) => {
      throw new Error(`${what} did not come; the page shows ${JSON.stringify(seen)}`, { cause: error });
    });
    return seen as unknown as FlowView;
  }

  ended(state: string): Promise<FlowView> {
    return this.until(state, (flow) => flow.state === state);
  }

  async #send(
    method: string,
    at: string,
    headers: Readonly<Record<string, string>> = {},
    body?: string,
  ): Promise<SiteAnswer> {
    const response = await fetch(this.#origin + at, {
      method,
      headers: { cookie: this.#cookie, ...headers },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const text = await response.text();
    this.received += text;
    for (const set of response.headers.getSetCookie()) {
      this.received += set;
      this.#cookie = set.split(";")[0] ?? "";
    }
    return { status: response.status, json: JSON.parse(text) as Record<string, unknown> };
  }
}
