import type { Answered } from "../http/answered.js";
import { PROBLEMS } from "../http/problem-codes.js";
import type { MetricsRegistry, Spread, Tally } from "./metrics-registry.js";
import { among, combinations } from "./words.js";

const SECONDS = [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const METHODS = ["GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS"];
const LOG_IN_REFUSALS = ["wrong_credentials", "passkey_refused", "too_many_tries"];

/** Requests to the API and to the console. */
export class HttpMetrics {
  readonly #requests: Tally<"listener" | "method" | "route" | "status">;
  readonly #seconds: Spread<"method" | "route">;
  readonly #refusals: Tally<"code">;
  readonly #logIns: Tally<"code">;
  readonly #codes = Object.keys(PROBLEMS);

  constructor(registry: MetricsRegistry) {
    this.#requests = registry.counter(
      "honnin_http_requests_total",
      "Requests by route and class of the answer; gone: the client did not wait for it",
      ["listener", "method", "route", "status"],
    );
    this.#seconds = registry.histogram(
      "honnin_http_request_seconds",
      "How long requests to the API take",
      SECONDS,
      ["method", "route"],
    );
    this.#refusals = registry.counter(
      "honnin_http_refusals_total",
      "Requests to the API that were refused, by the code of the refusal: a wrong key, a limit, a number that may not be called",
      ["code"],
      combinations({ code: this.#codes }),
    );
    this.#logIns = registry.counter(
      "honnin_console_log_in_refusals_total",
      "Log-ins to the console that were refused",
      ["code"],
      combinations({ code: LOG_IN_REFUSALS }),
    );
  }

  readonly onApi = ({ ms, ...answered }: Answered): void => {
    const { method, route } = this.#count("api", answered);
    this.#seconds.observe({ method, route }, ms / 1000);
    if (answered.refusal !== null) this.onRefused(answered.refusal);
  };

  /** A WebSocket was refused. */
  readonly onRefused = (code: string): void => {
    this.#refusals.add({ code: among(this.#codes, code) });
  };

  readonly onConsole = (answered: Omit<Answered, "ms">): void => {
    this.#count("console", answered);
    const { refusal } = answered;
    if (refusal !== null && LOG_IN_REFUSALS.includes(refusal)) this.#logIns.add({ code: refusal });
  };

  #count(
    listener: "api" | "console",
    { method: asked, route: found, status }: Omit<Answered, "ms">,
  ): { readonly method: string; readonly route: string } {
    const method = among(METHODS, asked);
    const route = found ?? "none";
    const answer = status === null ? "gone" : `${String(Math.floor(status / 100))}xx`;
    this.#requests.add({ listener, method, route, status: answer });
    return { method, route };
  }
}
