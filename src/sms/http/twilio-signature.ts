import { createHmac, timingSafeEqual } from "node:crypto";

/**
 * X-Twilio-Signature, as Twilio's "Security" page has it: HMAC-SHA1 with the Auth Token over the URL as it was told,
 * followed by each field of the form with its value, by their names in order, in base64.
 *
 * @param fields of the form; a field that was sent several times as a list.
 */
export function isSignedByTwilio(
  signature: string | undefined,
  url: string,
  fields: unknown,
  authToken: string,
): boolean {
  if (signature === undefined || authToken === "" || typeof fields !== "object" || fields === null)
    return false;
  const said = Object.entries(fields)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]: [string, unknown]) => name + (typeof value === "string" ? value : ""))
    .join("");
  const wanted = createHmac("sha1", authToken)
    .update(url + said, "utf8")
    .digest();
  const given = Buffer.from(signature, "base64");
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
