import { randomInt } from "node:crypto";
import type { Kysely } from "kysely";
import type { ClientSettings } from "../clients/client-settings.js";
import { forgetFormerCode, type NewCode, setCode } from "../store/messages.js";
import type { Schema } from "../store/schema.js";
import { openFormerCode, sealCode } from "../store/sealed-columns.js";
import { openTransaction } from "../store/sealed-transaction.js";
import type { VerificationRow } from "../store/verifications.js";
import type { Vault } from "../vault/vault.js";
import { codeSubject } from "../verification/code-subject.js";
import { hashCode, issueCode } from "../verification/code.js";
import { isFinal } from "../verification/status.js";
import { codeMayBeKnown } from "./code-known.js";

function codeColumns(
  vault: Vault,
  row: VerificationRow,
  code: string,
): Pick<NewCode, "code_hash" | "code_cipher" | "code_length"> {
  return {
    code_hash: hashCode(vault.codeKey, codeSubject(row, openTransaction(vault, row)), code),
    code_cipher: sealCode(vault, row, code),
    code_length: code.length,
  };
}

/** The code from before counts again: what was to tell the new one has certainly told nothing. */
export async function restoreCode(db: Kysely<Schema>, vault: Vault, row: VerificationRow): Promise<void> {
  const code = openFormerCode(vault, row);
  if (code === null || isFinal(row.status)) return;
  await setCode(db, row.seq, { ...codeColumns(vault, row, code), former_code_cipher: null });
}

/** The new code was told, or may have been: the one from before counts no more. */
export async function keepNewCode(db: Kysely<Schema>, row: VerificationRow): Promise<void> {
  if (row.former_code_cipher !== null) await forgetFormerCode(db, row.seq);
}

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
    ...codeColumns(vault, row, code),
    // Until something has told the new one, the person has this one.
    former_code_cipher: row.former_code_cipher ?? row.code_cipher,
  };
  await setCode(db, row.seq, change);
  return { ...row, ...change };
}
