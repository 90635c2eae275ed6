import type { Kysely } from "kysely";
import { messageMayHaveTold } from "../store/messages.js";
import type { Schema } from "../store/schema.js";
import type { VerificationRow } from "../store/verifications.js";

/** Whether the person may know the code: it was read aloud, at least in part, or a message with it may have gone. */
export async function codeMayBeKnown(
  db: Kysely<Schema>,
  { seq, code_read_at }: Pick<VerificationRow, "seq" | "code_read_at">,
): Promise<boolean> {
  return code_read_at !== null || messageMayHaveTold(db, seq);
}
