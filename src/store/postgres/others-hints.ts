import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { connectionTo, type PostgresTarget } from "./postgres-target.js";

/** By which those who use one database tell one another what they did (NOTIFY). */
export const CHANNEL = "honnin";

const CONNECT_MS = 5_000;
/** After the connection broke, milliseconds. What was told meanwhile is found by looking at the database. */
const AGAIN_MS = 1_000;

/** Hears what others tell when they commit, by a connection of its own that does nothing else. */
export class OthersHints {
  readonly #target: PostgresTarget;
  readonly #heard: (told: string) => void;
  readonly #closed = new AbortController();
  #client: pg.Client | undefined;
  readonly #listening: Promise<void>;

  constructor(target: PostgresTarget, heard: (told: string) => void) {
    this.#target = target;
    this.#heard = heard;
    this.#listening = this.#listen();
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.#client?.end().catch(() => undefined);
    await this.#listening;
  }

  /** Listens until it is closed; never rejects. */
  async #listen(): Promise<void> {
    const { signal } = this.#closed;
    while (!signal.aborted) {
      const client = new pg.Client({
        ...connectionTo(this.#target),
        application_name: "honnin hints",
        connectionTimeoutMillis: CONNECT_MS,
      });
      this.#client = client;
      const ended = new Promise<void>((resolve) => {
        client.once("end", resolve);
        client.on("error", () => {
          resolve();
        });
      });
      client.on("notification", ({ payload = "" }) => {
        this.#heard(payload);
      });
      try {
        await client.connect();
        await client.query(`listen ${CHANNEL}`);
        await ended;
      } catch {
        // The server is away, or refuses: asked again in a moment.
      }
      await client.end().catch(() => undefined);
      await delay(AGAIN_MS, undefined, { ref: false, signal }).catch(() => undefined);
    }
  }
}
