import type { Kysely } from "kysely";
import type { ClientSettings } from "../clients/client-settings.js";
import type { CallLimits } from "../clients/call-limits.js";
import { nameOfClient } from "../store/messages.js";
import type { Schema } from "../store/schema.js";
import { openCode } from "../store/sealed-columns.js";
import { readClientSettings } from "../store/stored-client-settings.js";
import type { VerificationRow } from "../store/verifications.js";
import type { Vault } from "../vault/vault.js";
import { messageParts } from "../verification/message-parts.js";
import { asCompanyName, messageText } from "../verification/message-text.js";
import { type Locale, LOCALES } from "../verification/prompt-id.js";
import { costOfMessage } from "./admit-message.js";

interface Composed {
  readonly text: string;
  /** What it is charged by. */
  readonly parts: number;
}

interface PreviewedMessage extends Composed {
  readonly locale: Locale;
  /** Thousandths of a yen, all parts together. */
  readonly cost: number;
}

type Addressed = Pick<VerificationRow, "client_id" | "id" | "locale" | "code_cipher" | "expires_at">;

const PREVIEWED = { code: "123456", validMs: 5 * 60_000 };

/** The text of a message for a verification, as its client wants it now. @throws when there is no code to be told. */
export async function composeMessage(
  db: Kysely<Schema>,
  vault: Vault,
  row: Addressed,
  { messageAlphabet }: CallLimits,
  now: number,
  settings?: ClientSettings,
): Promise<Composed> {
  const own = settings ?? (await readClientSettings(db, row.client_id));
  const code = openCode(vault, row);
  if (code === null) throw new Error("there is no code to be sent");
  const text = messageText(
    await wordingOf(db, row.client_id, own, row.locale),
    row.locale,
    code,
    row.expires_at,
    now,
  );
  return { text, parts: messageParts(text, messageAlphabet).parts.length };
}

/** The messages of a client as they would be sent, for people to look at: text and price, before anything is. */
export async function previewMessages(
  db: Kysely<Schema>,
  clientId: string,
  limits: CallLimits,
): Promise<readonly PreviewedMessage[]> {
  const settings = await readClientSettings(db, clientId);
  const { code, validMs } = PREVIEWED;
  return Promise.all(
    LOCALES.map(async (locale) => {
      const text = messageText(await wordingOf(db, clientId, settings, locale), locale, code, validMs, 0);
      const parts = messageParts(text, limits.messageAlphabet).parts.length;
      return { locale, text, parts, cost: costOfMessage(parts, limits) };
    }),
  );
}

async function wordingOf(
  db: Kysely<Schema>,
  clientId: string,
  settings: ClientSettings,
  locale: Locale,
): Promise<Parameters<typeof messageText>[0]> {
  return {
    template: locale === "en" ? settings.sms_text_en : settings.sms_text_ja,
    company: settings.company ?? asCompanyName(await nameOfClient(db, clientId)),
    domain: settings.sms_domain,
    link: settings.sms_link,
  };
}
