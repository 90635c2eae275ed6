import { createHash } from "node:crypto";
import { header, methodOf, type SipMessage } from "./sip-message.js";

/** A demand for a digest (RFC 8760, RFC 7616), as a proxy makes it. */
export interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  readonly algorithm?: "MD5" | "SHA-256";
  readonly qop?: string;
  readonly stale?: boolean;
}

/** The header fields of a 407; several stand in one, separated by commas (RFC 3261 section 7.3.1). */
export function challenge(challenges: readonly Challenge[]): Readonly<Record<string, string>> {
  const fields = challenges.map(({ realm, nonce, algorithm, qop, stale }) =>
    [
      `Digest realm="${realm}"`,
      `nonce="${nonce}"`,
      ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
      ...(qop === undefined ? [] : [`qop="${qop}"`]),
      ...(stale === undefined ? [] : [`stale=${String(stale)}`]),
    ].join(", "),
  );
  // Names of header fields do not heed case, so that two of one name fit into a record.
  return Object.fromEntries(
    fields.map((field, nth) => [nth === 0 ? "Proxy-Authenticate" : "PROXY-AUTHENTICATE", field]),
  );
}

/** Whether a request brings the right digest for a challenge. */
export function isAnsweredBy(
  { realm, nonce, algorithm = "MD5" }: Challenge,
  request: SipMessage,
  { username, password }: { readonly username: string; readonly password: string },
): boolean {
  const credentials = header(request, "Proxy-Authorization") ?? "";
  const part = (name: string): string =>
    new RegExp(`\\b${name}="?([^",]*)`, "i").exec(credentials)?.[1]?.trim() ?? "";
  if (part("nonce") !== nonce) return false;
  const hash = (text: string): string =>
    createHash(algorithm === "MD5" ? "md5" : "sha256")
      .update(text)
      .digest("hex");
  const who = hash(`${username}:${realm}:${password}`);
  const what = hash(`${methodOf(request) ?? ""}:${part("uri")}`);
  const qop = part("qop");
  const once = qop === "" ? nonce : `${nonce}:${part("nc")}:${part("cnonce")}:${qop}`;
  return part("response") === hash(`${who}:${once}:${what}`);
}
