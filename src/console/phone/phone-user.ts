import type { IncomingMessage } from "node:http";
import { somebodyAt, type Who } from "../../acts/audit-who.js";
import { mayAs } from "../../admins/role.js";
import type { ConsoleParts } from "../console-parts.js";
import { isSameOrigin } from "../cross-site.js";
import { Refusal } from "../refusal.js";
import { addressOf, sessionOf, whoIs } from "../signed-in.js";
import type { PhoneParts } from "./phone-parts.js";

const HERE = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Who uses a test telephone: an operator, or, where the console is for this machine alone, whoever sits at it. Whoever
 * has one can be verified as anybody, so no page of another site may ask for its owner.
 *
 * @param isUse false where it is looked at again by itself, which keeps no session alive.
 * @throws {Refusal}
 */
export async function phoneUser(
  parts: ConsoleParts,
  phone: PhoneParts,
  request: IncomingMessage,
  isUse = true,
): Promise<Who> {
  if (!isSameOrigin(request)) throw new Refusal("cross_site", "another site has sent this request");
  const session = await sessionOf(parts, request, isUse);
  if (session !== undefined && mayAs(session.role, "operator")) return whoIs(session, request);
  if (phone.openHere && isHere(request)) return somebodyAt(addressOf(request));
  if (session === undefined) throw new Refusal("not_signed_in", "log in first");
  throw new Refusal("forbidden", "this needs the role operator");
}

/** A proxy that nobody told of in the settings shows itself by the name that it is asked for, or by its own header. */
function isHere({ headers }: IncomingMessage): boolean {
  if (headers["x-forwarded-for"] !== undefined || headers.forwarded !== undefined) return false;
  const host = `https://${headers.host ?? ""}`;
  return URL.canParse(host) && HERE.includes(new URL(host).hostname);
}
