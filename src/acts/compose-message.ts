import type { Kysely } from "kysely";
import type { ClientSettings } from "../clients/client-settings.js";
import { nameOfClient } from "../store/messages.js";
import type { Schema } from "../store/schema.js";
import { openCode } from "../store/sealed-columns.js";
import { readClientSettings } from "../store/stored-client-settings.js";
import type { VerificationRow } from "../store/verifications.js";
import type { Vault } from "../vault/vault.js";
import { messageParts } from "../verification/message-parts.js";
import { messageText } from "../verification/message-text.js";

interface Composed {
  readonly text: string;
  /** What it is charged by. */
  readonly parts: number;
}

type Addressed = Pick<VerificationRow, "client_id" | "id" | "locale" | "code_cipher" | "expires_at">;

/** The text of a message for a verification, as its client wants it now. @throws when there is no code to be told. */
export async function composeMessage(
  db: Kysely<Schema>,
  vault: Vault,
  row: Addressed,
  now: number,
  settings?: ClientSettings,
): Promise<Composed> {
  const own = settings ?? (await readClientSettings(db, row.client_id));
  const code = openCode(vault, row);
  if (code === null) throw new Error("there is no code to be sent");
  const wording = {
    template: row.locale === "en" ? own.sms_text_en : own.sms_text_ja,
    company: own.company ?? (await nameOfClient(db, row.client_id)),
    domain: own.sms_domain,
    link: own.sms_link,
  };
  const text = messageText(wording, row.locale, code, row.expires_at, now);
  return { text, parts: messageParts(text).parts.length };
}
