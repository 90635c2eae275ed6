import { randomUUID } from "node:crypto";
import {
  deleteEvents,
  dropEvidence,
  type Erased,
  eraseStanding,
  eraseVerifications,
  hasOpenVerification,
  lastVerificationSeq,
  listCarried,
  listClientsNaming,
  listEvidence,
  listSealedEvents,
  setCarried,
} from "../store/erase-number.js";
import { evidenceContext } from "../store/sealed-columns.js";
import type { Store } from "../store/store.js";
import { namesNumber } from "../verification/names-number.js";
import type { E164 } from "../verification/phone-number.js";
import { BY_COMMAND } from "./audit-who.js";
import { eraseTransactions } from "./erase-transactions.js";
import { noteAudit } from "./note-audit.js";

/** Rows a transaction: what registers or rules meanwhile waits for some milliseconds at most. */
const BATCH = 200;
/** Rows looked at at one time. */
const STRETCH = 2_000;

export interface Erasure extends Erased {
  /** A verification of it, or one that names it, has not ended: the erasure has to be done once more. */
  readonly open: boolean;
  /** Clients in whose settings the number stands. */
  readonly clients: readonly string[];
}

/**
 * Erases a number everywhere, also beside a running service: verifications keep what a bill is made of and nothing
 * that names the person, all else of it is deleted. Killed halfway it is done again from the beginning.
 *
 * @param by who it was that did it.
 */
export async function eraseNumber(store: Store, number: E164, by: string, now: number): Promise<Erasure> {
  const index = store.vault.indexNumber(number);
  const names = namesNumber(number);
  const sum = {
    verifications: 0,
    enrollments: 0,
    events: 0,
    idempotencyKeys: 0,
    numberGuards: 0,
    mentions: 0,
  };
  const add = (more: Partial<Erased>): void => {
    for (const key of Object.keys(more) as (keyof Erased)[]) sum[key] += more[key] ?? 0;
  };
  // First what would make more of it.
  add(await store.write((db) => eraseStanding(db, index)));
  for (let last = 1; last > 0;) {
    const erased = await store.write((db) => eraseVerifications(db, store.vault, index, BATCH));
    add(erased);
    last = erased.verifications;
  }
  add({ mentions: await eraseCarried(store, "verifications", names) });
  add({ mentions: await eraseCarried(store, "enrollments", names) });
  const { mentions, open: isNamed } = await eraseTransactions(store, names);
  add({ mentions });
  add({ mentions: await eraseEvidence(store, names) });
  add({ events: await eraseEvents(store, names) });
  const open = isNamed || (await hasOpenVerification(store.read, index));
  const clients = await listClientsNaming(store.read, names);
  const counts = Object.entries(sum).map(([what, rows]) => [what, String(rows)] as const);
  const line = {
    act: "number.erased",
    target: "number",
    details: { by, ...Object.fromEntries(counts) },
  } as const;
  await store.write((db) => noteAudit(db, store.vault, BY_COMMAND, now, line));
  return { ...sum, open, clients };
}

/** What clients' servers wrote into metadata and own ids, also of verifications of other numbers. */
async function eraseCarried(
  store: Store,
  table: "verifications" | "enrollments",
  names: (text: string) => boolean,
): Promise<number> {
  let mentions = 0;
  for (let after: number | undefined = 0; after !== undefined;) {
    const rows: Awaited<ReturnType<typeof listCarried>> = await listCarried(store.read, table, {
      after,
      limit: STRETCH,
    });
    const naming = rows.filter(({ id, metadata }) => names(id) || names(metadata));
    if (naming.length > 0) {
      await store.write(async (db) => {
        for (const { seq, id, metadata } of naming) {
          const change = { metadata: without(metadata, names) };
          await setCarried(db, table, seq, names(id) ? { id: `erased-${randomUUID()}`, ...change } : change);
        }
      });
    }
    mentions += naming.length;
    after = rows.length < STRETCH ? undefined : rows.at(-1)?.seq;
  }
  return mentions;
}

/** An entry of which the name or the value has the number in it is taken out. */
function without(metadata: string, names: (text: string) => boolean): string {
  const entries = Object.entries(JSON.parse(metadata) as Record<string, string>);
  return JSON.stringify(Object.fromEntries(entries.filter(([name, value]) => !names(name) && !names(value))));
}

/** A caller's From and P-Asserted-Identity may name two numbers, of which the verification has one. */
async function eraseEvidence(store: Store, names: (text: string) => boolean): Promise<number> {
  const last = await lastVerificationSeq(store.read);
  let mentions = 0;
  for (let after = 0; after < last; after += STRETCH) {
    const rows = await listEvidence(store.read, { after, limit: STRETCH });
    const naming = rows.filter(
      ({ id, caller_evidence: sealed }) =>
        sealed !== null && names(store.vault.unseal(sealed, evidenceContext(id)).toString("utf8")),
    );
    if (naming.length > 0)
      await store.write((db) =>
        dropEvidence(
          db,
          naming.map(({ id }) => id),
        ),
      );
    mentions += naming.length;
  }
  return mentions;
}

async function eraseEvents(store: Store, names: (text: string) => boolean): Promise<number> {
  let erased = 0;
  for (let after: number | undefined = 0; after !== undefined;) {
    const rows: Awaited<ReturnType<typeof listSealedEvents>> = await listSealedEvents(store.read, {
      after,
      limit: STRETCH,
    });
    const naming = rows.filter(({ id, payload }) => names(store.vault.unseal(payload, id).toString("utf8")));
    if (naming.length > 0)
      await store.write((db) =>
        deleteEvents(
          db,
          naming.map(({ seq }) => seq),
        ),
      );
    erased += naming.length;
    after = rows.length < STRETCH ? undefined : rows.at(-1)?.seq;
  }
  return erased;
}
