import type { Vault } from "../vault/vault.js";
import type { CallerEvidence } from "../verification/caller-identity.js";
import type { AttemptRow } from "./attempts.js";
import type { VerificationRow } from "./verifications.js";

/** A code as it is kept, where it was issued here or is to be read aloud. @param owner whose it is, for nobody else. */
export function sealCode(
  vault: Vault,
  owner: Pick<VerificationRow, "client_id" | "id">,
  code: string,
): Buffer {
  return vault.seal(Buffer.from(code, "utf8"), codeContext(owner));
}

/** The code of an open verification; null when only its hash is kept. */
export function openCode(
  vault: Vault,
  row: Pick<VerificationRow, "client_id" | "id" | "code_cipher">,
): string | null {
  return row.code_cipher === null ? null : vault.unseal(row.code_cipher, codeContext(row)).toString("utf8");
}

/** The code from before a new one that nothing has told yet; null: there is none. */
export function openFormerCode(
  vault: Vault,
  row: Pick<VerificationRow, "client_id" | "id" | "former_code_cipher">,
): string | null {
  return openCode(vault, { ...row, code_cipher: row.former_code_cipher });
}

/** What the network said of a caller, as it is kept with the call. */
export function sealEvidence(vault: Vault, attemptId: string, evidence: CallerEvidence): Buffer {
  return vault.seal(Buffer.from(JSON.stringify(evidence), "utf8"), evidenceContext(attemptId));
}

/** The same again; null of a call that we made. */
export function openEvidence(vault: Vault, { id, caller_evidence: kept }: AttemptRow): CallerEvidence | null {
  if (kept === null) return null;
  const said = vault.unseal(kept, evidenceContext(id)).toString("utf8");
  // The reason was not kept before there was one to tell.
  return { withheld_reason: null, ...(JSON.parse(said) as Omit<CallerEvidence, "withheld_reason">) };
}

/** What the ciphertext of a kept code is bound to. */
function codeContext({ client_id, id }: Pick<VerificationRow, "client_id" | "id">): string {
  return `code/${client_id}/${id}`;
}

/** What the ciphertext of a call's evidence is bound to. */
export function evidenceContext(attemptId: string): string {
  return `evidence/${attemptId}`;
}
