import { BY_COMMAND } from "../acts/audit-who.js";
import { noteAudit } from "../acts/note-audit.js";
import type { VerificationTold } from "../console/contract/verifications.js";
import { revealSchema } from "../console/contract/verifications.js";
import { tellVerification } from "../console/tell-verification.js";
import { listClients } from "../store/clients.js";
import { searchVerifications } from "../store/search-verifications.js";
import type { Store } from "../store/store.js";
import { findVerification, type VerificationRow } from "../store/verifications.js";
import { existingClient } from "./client.js";
import { readStore, writeStore } from "./context.js";
import { CommandError, EXIT } from "./exit-codes.js";

export interface RevealOptions {
  readonly client?: string;
  readonly reveal?: true;
  readonly reason?: string;
}

export const CLIENT_OPTION = [
  "--client <name>",
  "whose it is, where several clients have one of that id",
] as const;
export const REVEAL_OPTION = [
  "--reveal",
  "show the whole telephone number; the audit trail keeps that you did so, and why",
] as const;
export const REASON_OPTION = ["--reason <text>", "with --reveal: why it has to be seen"] as const;

/**
 * A verification as it is told to people: numbers are masked, the person's own is whole where a reason for it was given,
 * which is kept.
 *
 * @throws {CommandError} where there is none, or several clients have one.
 */
export function foundVerification(id: string, options: RevealOptions): Promise<VerificationTold> {
  const reason = reasonOf(options);
  if (reason === null) {
    return readStore(async (store) => {
      const row = await locateVerification(store, id, options.client);
      return tell(store, row);
    });
  }
  return writeStore(async (store) => {
    const row = await locateVerification(store, id, options.client);
    const there = await store.write(async (db) => {
      const found = await findVerification(db, row.client_id, id);
      if (found === undefined) return false;
      const details = { reason, client: row.client_id };
      await noteAudit(db, store.vault, BY_COMMAND, Date.now(), {
        act: "number.revealed",
        target: id,
        details,
      });
      return true;
    });
    if (!there) throw notFound(id);
    const told = await tell(store, row);
    return { ...told, number: store.vault.decipherNumber(row.number_cipher) };
  });
}

function reasonOf({ reveal, reason }: RevealOptions): string | null {
  if (reveal === undefined) {
    if (reason === undefined) return null;
    throw new CommandError("--reason goes with --reveal", EXIT.usage);
  }
  const parsed = revealSchema.safeParse({ reason });
  if (!parsed.success) throw new CommandError("--reveal wants --reason, of 1 to 200 characters", EXIT.usage);
  return parsed.data.reason;
}

/** @throws {CommandError} where there is none, or several clients have one. */
export async function locateVerification(
  store: Store,
  id: string,
  client: string | undefined,
): Promise<VerificationRow> {
  const clients = await listClients(store.read);
  const clientId = client === undefined ? null : (await existingClient(store, client)).id;
  const ids = clients.map((one) => one.id);
  const rows = await searchVerifications(store.read, { clientId, id }, ids, undefined, clients.length + 1);
  const [row] = rows;
  if (row === undefined) throw notFound(id);
  if (rows.length === 1) return row;
  const names = rows.map(({ client_id }) => clients.find((one) => one.id === client_id)?.name ?? client_id);
  throw new CommandError(`${names.join(", ")} have one of that id: name one by --client`, EXIT.usage);
}

async function tell(store: Store, row: VerificationRow): Promise<VerificationTold> {
  const told = await tellVerification(store, row.client_id, row.id);
  if (told === undefined) throw notFound(row.id);
  return told;
}

function notFound(id: string): CommandError {
  return new CommandError(`there is no verification ${id}`, EXIT.negative);
}
