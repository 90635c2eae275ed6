import { randomInt } from "node:crypto";
import type { Kysely } from "kysely";
import type { ClientSettings } from "../clients/client-settings.js";
import { setCode } from "../store/messages.js";
import type { Schema } from "../store/schema.js";
import { sealCode } from "../store/sealed-columns.js";
import type { VerificationRow } from "../store/verifications.js";
import type { Vault } from "../vault/vault.js";
import { codeSubject } from "../verification/code-subject.js";
import { hashCode, issueCode } from "../verification/code.js";
import { codeMayBeKnown } from "./code-known.js";

/**
 * A new code for what is sent or read from now on, where the client wants one each time and has not chosen it itself.
 * The count of wrong entries stays as it is.
 */
export async function renewCode(
  db: Kysely<Schema>,
  vault: Vault,
  row: VerificationRow,
  { new_code_each_time: isWanted }: Pick<ClientSettings, "new_code_each_time">,
): Promise<VerificationRow> {
  if (!isWanted || row.method !== "spoken" || row.own_code === 1) return row;
  if (!(await codeMayBeKnown(db, row))) return row;
  const code = issueCode((max) => randomInt(max));
  const change = {
    code_hash: hashCode(vault.codeKey, codeSubject(row), code),
    code_cipher: sealCode(vault, row, code),
    code_length: code.length,
  };
  await setCode(db, row.seq, change);
  return { ...row, ...change };
}
