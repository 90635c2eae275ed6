import type { ClientSettings } from "../clients/client-settings.js";
import type { PayeeSounds } from "../prompts/payee-voice.js";
import { SoundsWaitingError } from "../prompts/sound-thread.js";
import type { ClientRequest } from "./client-request.js";
import { Problem, wrongField } from "./problem.js";

/** A payee takes about a second to be spoken. */
const RETRY_AFTER_S = 2;

/**
 * Holds a transaction against the call that is to tell it, before anything is stored: it needs a code to be bound to,
 * a call by whatever way the code is told, for a message says nothing of it, and a payee that can be said.
 *
 * @param payees undefined: nobody can say any.
 * @throws {Problem} `payee_not_speakable`, `service_unavailable`
 */
export async function refuseUntellable(
  { transaction, method, locale, channel, channels = [] }: ClientRequest,
  clientId: string,
  settings: ClientSettings,
  payees: PayeeSounds | undefined,
): Promise<void> {
  if (transaction === undefined) return;
  if (method === "caller_id") throw wrongField("transaction", "needs a code: not with method caller_id");
  if (channel === "sms" || channels.some((leg) => leg.channel === "sms"))
    throw wrongField("transaction", "is told by a call alone: not with channel sms");
  const { payee } = transaction;
  if ((await soundOf(payees, { clientId, locale, payee })) !== null || settings.unspoken_payee) return;
  throw new Problem(
    "payee_not_speakable",
    "there is no recording of this payee, and no voice that can say it",
    [{ field: "transaction.payee", detail: "cannot be said" }],
  );
}

async function soundOf(
  payees: PayeeSounds | undefined,
  asked: Parameters<PayeeSounds["find"]>[0],
): Promise<string | null> {
  if (payees === undefined) return null;
  try {
    return await payees.find(asked);
  } catch (error) {
    if (!(error instanceof SoundsWaitingError)) throw error;
    const detail = "other payees are being spoken; try again in a moment";
    throw new Problem("service_unavailable", detail, [], RETRY_AFTER_S);
  }
}
