import { errorText } from "../log.js";
import type { PromptFile } from "../prompts/call-prompts.js";
import type { ClientSettings } from "../clients/client-settings.js";
import type { Logger } from "../log.js";
import type { PayeeSounds } from "../prompts/payee-voice.js";
import { readClientSettings } from "../store/stored-client-settings.js";
import type { Store } from "../store/store.js";
import type { VerificationRow } from "../store/verifications.js";
import type { Transaction } from "../verification/transaction.js";

/** How a call says its payee: by its sound, by the screen, or not at all, and then nothing of the transaction is told. */
export type ToldPayee =
  { readonly kind: "said"; readonly file: string } | { readonly kind: "shown" } | { readonly kind: "untold" };

interface Parts {
  readonly store: Store;
  readonly payees?: PayeeSounds | undefined;
}

/**
 * Looked for anew by each call: what was spoken at registration may be gone, or lie on another node. Never rejects.
 *
 * @param log of the call, asked for when there is something to say.
 */
export async function toldPayee(
  { store, payees }: Parts,
  { client_id: clientId, locale }: VerificationRow,
  { payee }: Transaction,
  log: () => Logger,
): Promise<ToldPayee> {
  try {
    const file = (await payees?.find({ clientId, locale, payee })) ?? null;
    if (file !== null) return { kind: "said", file };
    const { unspoken_payee: isShown }: ClientSettings = await readClientSettings(store.read, clientId);
    if (isShown) return { kind: "shown" };
    log().error("the payee cannot be said any more; nothing is asked for");
  } catch (error) {
    log().error("the payee cannot be said; nothing is asked for", { error: errorText(error) });
  }
  return { kind: "untold" };
}

/** The prompts of a call with the sound of its payee among them. */
export async function promptsWith(
  prompts: Promise<PromptFile>,
  payee: Promise<ToldPayee>,
): Promise<PromptFile> {
  const [file, told] = await Promise.all([prompts, payee]);
  return (id) => (id === "payee" && told.kind === "said" ? told.file : file(id));
}
