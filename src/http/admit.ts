import { findClientOfKey, type KeyHolder } from "../store/api-keys.js";
import { liesIn } from "../clients/ip-blocks.js";
import type { Store } from "../store/store.js";
import { Problem } from "./problem.js";

/**
 * The client that a request speaks for, by its key and by where it comes from.
 *
 * @param authorization the header.
 * @param remoteAddress of the socket: no `X-Forwarded-For`, which anybody can write.
 * @throws {Problem} `unauthorized`; `address_not_allowed` for a valid key from elsewhere.
 */
export async function admit(
  store: Store,
  authorization: string | undefined,
  remoteAddress: string | undefined,
  now: number,
): Promise<KeyHolder> {
  const found = await findClientOfKey(store.read, bearerKey(authorization), now);
  if (found === undefined) throw new Problem("unauthorized", "the API key is unknown, revoked or expired");
  const { ip_allow: allowed } = found.settings;
  if (allowed.length > 0 && !liesIn(allowed, remoteAddress)) {
    throw new Problem("address_not_allowed", "this client's keys are not accepted from this address");
  }
  return found;
}

/**
 * RFC 6750 section 2.1: the key comes in the header and nowhere else, so that no URL ever has it. RFC 9110 section
 * 11.4 lets one blank or several stand before it.
 *
 * @throws {Problem} when the header is not a bearer key.
 */
function bearerKey(authorization: string | undefined): string {
  const key = /^Bearer +([A-Za-z0-9._~+/-]{1,200}=*)$/i.exec(authorization ?? "")?.[1];
  if (key === undefined) throw new Problem("unauthorized", "send Authorization: Bearer <api key>");
  return key;
}
