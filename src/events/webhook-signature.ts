import { createHmac } from "node:crypto";

/** A secret as the receiver is given it, Standard Webhooks 1.0.0 "Signature scheme". */
export function printSecret(secret: Buffer): string {
  return `whsec_${secret.toString("base64")}`;
}

/**
 * The three headers of the specification. While a rotation lasts there is a signature by each
 * secret, separated by a blank: a receiver accepts if one of them fits.
 *
 * @param at time of this attempt, epoch milliseconds; receivers refuse what is too old.
 */
export function webhookHeaders(
  secrets: readonly Buffer[],
  id: string,
  at: number,
  body: string,
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(at / 1000));
  const signatures = secrets.map((secret) => {
    const mac = createHmac("sha256", secret).update(`${id}.${timestamp}.${body}`, "utf8");
    return `v1,${mac.digest("base64")}`;
  });
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signatures.join(" "),
  };
}
