import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Who } from "../../acts/audit-who.js";
import { importEnrollments } from "../../acts/import-enrollments.js";
import { noteAudit } from "../../acts/note-audit.js";
import type { CallLimits } from "../../clients/call-limits.js";
import type { Clock } from "../../clock.js";
import { errorText, type Logger } from "../../log.js";
import type { Store } from "../../store/store.js";
import type { EnrollmentImport } from "../contract/client-enrollments.js";
import { Refusal } from "../refusal.js";
import type { Checked, CheckedRow } from "./check-file.js";

/** Rows of one transaction: it is over in some milliseconds, and calls go on before the next. */
const BATCH = 200;
const PAUSE_MS = 20;
/** How long a file that was checked waits for its start, and what became of one is told. */
const KEPT_MS = 15 * 60_000;
/** Kept at one time; 20,000 rows are some 15 MB. */
const MOST = 5;

interface Import {
  readonly id: string;
  readonly client: { readonly id: string; readonly name: string };
  rows: readonly CheckedRow[];
  readonly total: number;
  readonly withPin: number;
  at: number;
  state: EnrollmentImport["state"];
  done: number;
  created: number;
  already: number;
  readonly conflicts: number[];
  failedBy: EnrollmentImport["failed_by"];
}

/** Files of enrollments that were checked, are being taken, or were taken a short while ago. In memory alone. */
export class EnrollmentImports {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #imports = new Map<string, Import>();
  readonly #running = new Set<Promise<void>>();
  readonly #stop = new AbortController();

  constructor(store: Store, clock: Clock, log: Logger) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
  }

  /**
   * Keeps a file that was checked, in place of an earlier one of the client that was not begun.
   *
   * @throws {Refusal} `busy` where too many are being taken.
   */
  add(client: Import["client"], { rows, withPin }: Checked): EnrollmentImport {
    this.#forget(client.id);
    if (this.#imports.size >= MOST) throw new Refusal("busy", "too many files are being taken");
    const made: Import = {
      id: randomUUID(),
      client: { id: client.id, name: client.name },
      ...{ rows, withPin, total: rows.length, at: this.#clock() },
      ...{ state: "checked", done: 0, created: 0, already: 0, conflicts: [], failedBy: null },
    };
    this.#imports.set(made.id, made);
    return shown(made);
  }

  /** @throws {Refusal} `not_found` */
  look(clientId: string, id: string): EnrollmentImport {
    return shown(this.#find(clientId, id));
  }

  /**
   * Begins to take it.
   *
   * @param limits as they are for this client.
   * @throws {Refusal} `not_found`; `conflict` where it was begun before, or another of this client is under way.
   */
  start(clientId: string, id: string, who: Who, limits: CallLimits): EnrollmentImport {
    const found = this.#find(clientId, id);
    const ofClient = [...this.#imports.values()].filter(({ client }) => client.id === clientId);
    if (found.state !== "checked" || ofClient.some(({ state }) => state === "running")) {
      throw new Refusal("conflict", "it was begun already, or another file of this client is being taken");
    }
    found.state = "running";
    const run = this.#take(found, who, limits).finally(() => this.#running.delete(run));
    this.#running.add(run);
    return shown(found);
  }

  /** What was begun ends after the batch that is being written; the same file, sent again, goes on from there. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running);
  }

  /** Never rejects: what goes wrong is told to whoever looks at it. */
  async #take(found: Import, who: Who, limits: CallLimits): Promise<void> {
    try {
      for (let at = 0; at < found.rows.length && found.failedBy === null; at += BATCH) {
        await delay(PAUSE_MS, undefined, { signal: this.#stop.signal });
        await this.#batch(found, found.rows.slice(at, at + BATCH), who, limits);
      }
    } catch (error) {
      found.failedBy = "not_stored";
      if (!this.#stop.signal.aborted) {
        this.#log.error("a file of enrollments was not taken whole", {
          ...{ client: found.client.id, done: found.done, error: errorText(error) },
        });
      }
    }
    found.state = found.failedBy === null ? "done" : "failed";
    found.at = this.#clock();
    found.rows = [];
  }

  async #batch(found: Import, rows: readonly CheckedRow[], who: Who, limits: CallLimits): Promise<void> {
    const { client } = found;
    const now = this.#clock();
    const standings = await this.#store.write(async (db) => {
      const done = await importEnrollments(db, client.id, rows, limits, now);
      const created = typeof done === "string" ? 0 : done.filter((standing) => standing === "new").length;
      if (created > 0) {
        await noteAudit(db, this.#store.vault, who, now, {
          act: "enrollment.imported",
          target: client.name,
          details: { created: String(created), lines: `${rows[0]?.line ?? 0}-${rows.at(-1)?.line ?? 0}` },
        });
      }
      return done;
    });
    if (typeof standings === "string") {
      found.failedBy = standings;
      return;
    }
    found.done += rows.length;
    for (const [nth, standing] of standings.entries()) {
      if (standing === "new") found.created += 1;
      else if (standing === "already") found.already += 1;
      else found.conflicts.push(rows[nth]?.line ?? 0);
    }
  }

  #find(clientId: string, id: string): Import {
    const found = this.#imports.get(id);
    const isOver = found?.state !== "running" && (found?.at ?? 0) + KEPT_MS <= this.#clock();
    if (found?.client.id !== clientId || isOver) throw new Refusal("not_found", "there is no such file");
    return found;
  }

  /** Those whose time is over, that one of a client which was not begun, and the eldest of those that have ended. */
  #forget(clientId: string): void {
    const now = this.#clock();
    for (const [id, { client, state, at }] of this.#imports) {
      const isReplaced = state === "checked" && client.id === clientId;
      if (isReplaced || (state !== "running" && at + KEPT_MS <= now)) this.#imports.delete(id);
    }
    for (const [id, { state }] of this.#imports) {
      if (this.#imports.size < MOST) return;
      if (state !== "running") this.#imports.delete(id);
    }
  }
}

function shown(one: Import): EnrollmentImport {
  return {
    ...{ id: one.id, state: one.state, total: one.total, with_pin: one.withPin, done: one.done },
    ...{ created: one.created, already: one.already, conflicts: [...one.conflicts] },
    failed_by: one.failedBy,
  };
}
