import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import type { PostgresPool } from "kysely";
import { EXACT_TYPES } from "./exact-types.js";
import type { Deadlines } from "./deadlines.js";
import { asStoreError } from "./postgres-errors.js";
import { Places } from "./places.js";
import { PostgresLink } from "./postgres-link.js";
import { connectionTo, type PostgresTarget } from "./postgres-target.js";

/** How long the server may take to make a connection. */
const CONNECT_MS = 5_000;
/** So much later than the server itself an answer is not waited for any longer: it is stopped, or the line is cut. */
const GRACE_MS = 2_000;
/** A command that is stopped in the middle of a transaction lets go of the others after this. */
const IDLE_IN_TRANSACTION_MS = 10_000;
const IDLE_MS = 60_000;
const CLOSE_MS = 2_000;

interface Options {
  readonly max: number;
  readonly deadlines: Deadlines;
  /** The server refuses every change. */
  readonly readsOnly: boolean;
  /** In place of what holds for commands. */
  readonly idleInTransactionMs?: number;
  /** One that nobody uses stays open. */
  readonly isKept?: boolean;
  /** What is done with a new connection before anybody gets it; when it throws, the connection is closed. */
  readonly onNew?: (link: PostgresLink) => Promise<void>;
}

/** A bounded number of connections to one server. None that has failed is given out again. */
export class PostgresLinks implements PostgresPool {
  /** Kysely would read the server's address here, to cancel queries; ours have deadlines. */
  readonly options = {};
  readonly #pool: pg.Pool;
  readonly #onNew: Options["onNew"];
  readonly #ready = new WeakSet<pg.PoolClient>();
  readonly #places: Places;
  readonly #names = new Map<string, string>();
  /** What the server said last to those that broke. */
  readonly #broken = new WeakMap<pg.PoolClient, Error>();

  constructor(
    target: PostgresTarget,
    { max, deadlines, readsOnly, idleInTransactionMs = IDLE_IN_TRANSACTION_MS, isKept, onNew }: Options,
  ) {
    this.#pool = new pg.Pool({
      ...connectionTo(target),
      types: EXACT_TYPES,
      application_name: "honnin",
      max,
      connectionTimeoutMillis: CONNECT_MS,
      idleTimeoutMillis: isKept === true ? 0 : IDLE_MS,
      statement_timeout: deadlines.statementMs,
      lock_timeout: deadlines.lockMs,
      idle_in_transaction_session_timeout: idleInTransactionMs,
      ...(deadlines.statementMs === 0 ? {} : { query_timeout: deadlines.statementMs + GRACE_MS }),
      options: SESSION.concat(readsOnly ? ["default_transaction_read_only=on"] : [])
        .map((setting) => `-c ${setting}`)
        .join(" "),
    });
    this.#places = new Places(max);
    this.#onNew = onNew;
    // Without a listener a connection that breaks while nobody uses it would end the process. Whoever uses it next is
    // told by the query.
    this.#pool.on("error", () => undefined);
    this.#pool.on("connect", (client) => {
      client.on("error", (error) => {
        if (!this.#broken.has(client)) this.#broken.set(client, error);
      });
    });
  }

  /** @throws {StoreUnavailableError} when there is none in time; whatever `onNew` throws. */
  async connect(): Promise<PostgresLink> {
    const leave = await this.#places.enter();
    const client = await this.#pool.connect().catch((error: unknown) => {
      leave();
      throw asStoreError(error);
    });
    const link = new PostgresLink(client, this.#names, leave, () => this.#broken.get(client));
    if (this.#ready.has(client)) return link;
    try {
      await this.#onNew?.(link);
    } catch (error) {
      link.release(true);
      throw error;
    }
    this.#ready.add(client);
    return link;
  }

  /** Takes a connection for as long as the work lasts. */
  async use<T>(work: (link: PostgresLink) => Promise<T>): Promise<T> {
    const link = await this.connect();
    try {
      return await work(link);
    } finally {
      link.release();
    }
  }

  /** Closes them; a server that does not answer is not waited for. */
  async end(): Promise<void> {
    if (this.#pool.ending) return;
    await Promise.race([this.#pool.end(), delay(CLOSE_MS, undefined, { ref: false })]);
  }
}

/** Of every connection. The server finds out by itself that a client's machine is gone, and lets go of its locks. */
const SESSION: readonly string[] = [
  ...[
    "tcp_keepalives_idle=15",
    "tcp_keepalives_interval=5",
    "tcp_keepalives_count=3",
    "tcp_user_timeout=30000",
  ],
  ...["default_transaction_isolation=read\\ committed", "jit=off"],
];
