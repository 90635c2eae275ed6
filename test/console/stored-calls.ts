import type { Store } from "../../src/store/store.js";
import type { FailureReason, VerificationStatus } from "../../src/verification/status.js";
import { NUMBER } from "../support/verification-rows.js";
import type { LineType } from "../../src/verification/phone-number.js";

interface StoredCall {
  readonly client?: string;
  /** When it was registered, epoch milliseconds. */
  readonly at: number;
  readonly status?: VerificationStatus;
  readonly reason?: FailureReason;
  readonly lineType?: LineType;
  readonly direction?: "outbound" | "inbound";
  readonly entries?: number;
  /** From registration to its end, ms; null: it has none. */
  readonly endsAfter?: number | null;
  /** The call: from registration, ms. */
  readonly call?: { readonly begins: number; readonly answered?: number; readonly ends: number | null };
}

let made = 0;

export async function insertClients(store: Store, ...names: readonly string[]): Promise<void> {
  const rows = names.map((name, nth) => ({ id: `cli_${name}`, name, created_at: nth }));
  await store.write((db) => db.insertInto("clients").values(rows).execute());
}

/** Puts a verification with its call into the database, as it would be there after it. */
export async function insertCall(
  store: Store,
  { client = "cli_acme", at, ...given }: StoredCall,
): Promise<void> {
  const { status = "verified", direction = "outbound", entries = 1, endsAfter = 30_000, call } = given;
  made += 1;
  const id = `stored-${String(made)}`;
  await store.write(async (db) => {
    const { seq } = await db
      .insertInto("verifications")
      .values({
        ...{ client_id: client, id, request_hash: Buffer.alloc(32), status, reason: given.reason ?? null },
        ...{
          number_cipher: store.vault.encipherNumber(NUMBER),
          number_index: Buffer.from(id),
          direction,
          channel: "voice",
        },
        ...{ line_type: given.lineType ?? "mobile", method: "keypad", locale: "ja", code_length: 6 },
        ...{ max_code_entries: 3, code_entries: entries, max_call_attempts: 1, attempts_made: 1 },
        ...{ created_at: at, expires_at: at + 300_000, metadata: "{}" },
        completed_at: endsAfter === null ? null : at + endsAfter,
      })
      .returning("seq")
      .executeTakeFirstOrThrow();
    if (call === undefined) return;
    await db
      .insertInto("attempts")
      .values({
        ...{ id: `${id}-call`, verification_seq: seq, direction, started_at: at + call.begins },
        answered_at: call.answered === undefined ? null : at + call.answered,
        ended_at: call.ends === null ? null : at + call.ends,
        outcome: call.ends === null ? null : call.answered === undefined ? "no_answer" : "answered",
      })
      .execute();
  });
}
