import { createHash } from "node:crypto";
import { didSpellings } from "./did-spellings.js";

/**
 * The user part of the contact that we register, to which all calls then come, whatever number was dialled: never a
 * DID, or every call would look like one to it. The registered user, as most trunks expect; where that is a DID of
 * ours in some spelling, a word that is always the same for it and looks like no number.
 */
export function contactUser(username: string, dids: readonly string[]): string {
  if (!dids.flatMap(didSpellings).includes(username)) return username;
  return `honnin-${createHash("sha256").update(username).digest("hex").slice(0, 12)}`;
}
