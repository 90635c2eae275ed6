import { contactUser } from "./contact-user.js";
import type { Trunk } from "./trunk.js";
import { inUri, readTrunkUri } from "./trunk-uri.js";

/** What of a trunk decides to whom its calls are addressed. */
export type Registered = Pick<Trunk, "register" | "username" | "contactUser">;

/** The user of the contact that is registered there; null: none is. */
export function contactOf(trunk: Registered, dids: readonly string[]): string | null {
  if (!trunk.register || trunk.username === undefined) return null;
  return trunk.contactUser ?? contactUser(trunk.username, dids);
}

/** The domain in From and To of its REGISTER. */
export function registerDomain({
  registerDomain: given,
  fromDomain,
  uri,
}: Pick<Trunk, "registerDomain" | "fromDomain" | "uri">): string {
  return inUri(given ?? fromDomain ?? readTrunkUri(uri)?.host ?? "");
}

/** The host to which its REGISTER is sent. */
export function registrarOf({ uri, outboundProxy }: Pick<Trunk, "uri" | "outboundProxy">): string {
  const target = readTrunkUri(outboundProxy ?? uri);
  return target === null ? uri : target.host;
}

/** By which a REGISTER is known among those of all trunks: who registers, and the contact. */
export function registrationKey(
  trunk: Registered & Pick<Trunk, "registerDomain" | "fromDomain" | "uri">,
  dids: readonly string[],
): string {
  return `${trunk.username ?? ""}@${registerDomain(trunk)} ${contactOf(trunk, dids) ?? ""}`;
}
