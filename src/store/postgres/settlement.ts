import { setTimeout as delay } from "node:timers/promises";
import type { PostgresLinks } from "./postgres-links.js";

type Outcome = "committed" | "aborted";

/** How long whoever waits for a commit waits to hear how it ended, milliseconds. */
const WAIT_MS = 5_000;
const ASK_EVERY_MS = 200;

/** Finds out how transactions ended whose commit was never answered. */
export class Settlement {
  readonly #links: PostgresLinks;
  readonly #closed = new AbortController();

  /** @param links by which the server is asked; not the one that broke. */
  constructor(links: PostgresLinks) {
    this.#links = links;
  }

  /**
   * @param late called when it is heard only later that it was committed: it is as if it were committed then.
   * @returns null: not known yet.
   */
  async of(transaction: string, late: () => void): Promise<Outcome | null> {
    let waited = false;
    const outcome = this.#ask(transaction).then((known) => {
      if (waited && known === "committed") late();
      return known;
    });
    const known = await Promise.race([outcome, delay(WAIT_MS, null, { ref: false })]);
    waited = true;
    return known;
  }

  close(): void {
    this.#closed.abort();
  }

  /** Asks until there is an answer, or the database is closed: null. */
  async #ask(transaction: string): Promise<Outcome | null> {
    while (!this.#closed.signal.aborted) {
      const said = await this.#links
        .use((link) =>
          link.query<{ status: string | null }>("select pg_xact_status($1::xid8) as status", [transaction]),
        )
        .catch(() => null);
      const status = said?.rows[0]?.status;
      if (status === "committed" || status === "aborted") return status;
      // In progress still, or the server is away.
      await delay(ASK_EVERY_MS, undefined, { ref: false });
    }
    return null;
  }
}
