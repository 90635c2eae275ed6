import type { RestResponse } from "../messages.js";

/** What the worker thread of `ari-client` is given at its start. */
export interface WorkerLogin {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly application: string;
  /** Event types to ask for. */
  readonly wanted: readonly string[];
}

export type ToWorker =
  | {
      readonly kind: "request";
      readonly id: string;
      readonly resource: string;
      /** Its nickname in Asterisk's own description (`rest-api/*.json`). */
      readonly operation: string;
      /** Path and query parameters, and `body` as JSON text. */
      readonly args: Readonly<Record<string, string>>;
    }
  /** To be answered when Asterisk has answered the WebSocket's ping: proves both thread and link. */
  | { readonly kind: "ping" };

/** What this Asterisk says that it can. */
export interface AsteriskAbilities {
  /** Hang-up takes any Q.850 cause (`reason_code`), not only a name for some. */
  readonly hangsUpByCode: boolean;
  /** `ChannelDestroyed` tells the SIP answer (`tech_cause`). */
  readonly tellsTechCause: boolean;
}

export type FromWorker =
  | { readonly kind: "up"; readonly abilities: AsteriskAbilities; readonly unfiltered: string | null }
  /** One text message of the events socket, as it came. */
  | { readonly kind: "message"; readonly text: string }
  | { readonly kind: "answer"; readonly response: RestResponse }
  | { readonly kind: "pong" }
  /** The events socket is gone; the worker ends. */
  | { readonly kind: "broken"; readonly why: string };
