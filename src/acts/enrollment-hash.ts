import type { NewEnrollment } from "../store/enrollments.js";
import type { Vault } from "../vault/vault.js";

/** What an enrollment says, in one spelling, of the PIN its hash only: what a repeated request is known by. */
export function enrollmentHash(
  vault: Vault,
  row: Pick<NewEnrollment, "number_cipher" | "dids" | "pin_hash" | "expires_at" | "locale" | "metadata">,
): Buffer {
  const metadata = JSON.parse(row.metadata) as Readonly<Record<string, string>>;
  const said = JSON.stringify([
    vault.decipherNumber(row.number_cipher),
    typeof row.dids === "string" ? (JSON.parse(row.dids) as unknown) : null,
    row.pin_hash?.toString("base64") ?? null,
    row.expires_at ?? null,
    row.locale,
    Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)),
  ]);
  return vault.hashRequest(said);
}
