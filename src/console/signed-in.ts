import type { IncomingMessage } from "node:http";
import type { Request, RequestHandler, Response } from "express";
import type { Who } from "../acts/audit-who.js";
import { type AdminRole, mayAs } from "../admins/role.js";
import { hashToken } from "../admins/secrets.js";
import { knowPeer } from "../http/connections.js";
import { findSession, type OpenSession, touchSession } from "../store/admin-sessions.js";
import type { ConsoleParts } from "./console-parts.js";
import { Refusal } from "./refusal.js";
import { sessionToken } from "./session-cookie.js";

/** A session that is used is noted at most so often, ms: a page asks several times a second. */
const TOUCH_MS = 60_000;

export type SignedInRoute = (
  request: Request,
  response: Response,
  session: OpenSession,
) => Promise<void> | void;

/**
 * A route for those who are logged in and may it. The account is looked at with every request: who was disabled, or has
 * lost a role, is refused by the next.
 */
export function signedIn(parts: ConsoleParts, role: AdminRole, route: SignedInRoute): RequestHandler {
  return async (request, response) => {
    const session = await sessionOf(parts, request);
    if (session === undefined) throw new Refusal("not_signed_in", "log in first");
    knowPeer(request);
    if (!mayAs(session.role, role)) throw new Refusal("forbidden", `this needs the role ${role}`);
    await route(request, response, session);
  };
}

/**
 * The session of a request; undefined when it has none, or none any more.
 *
 * @param isUse false where a page asks by itself, which keeps no session alive.
 */
export async function sessionOf(
  { store, clock, sessions }: Pick<ConsoleParts, "store" | "clock" | "sessions">,
  request: Pick<IncomingMessage, "headers">,
  isUse = true,
): Promise<OpenSession | undefined> {
  const token = sessionToken(request);
  if (token === undefined) return undefined;
  const hash = hashToken(token);
  const now = clock();
  const session = await findSession(store.read, hash, now, sessions.idleMs);
  if (session !== undefined && isUse && now - session.last_seen_at >= TOUCH_MS) {
    await store.write((db) => touchSession(db, hash, now));
  }
  return session;
}

/** As the audit trail names them. */
export function whoIs({ admin_id, name }: OpenSession, request: Pick<IncomingMessage, "socket">): Who {
  return { adminId: admin_id, actor: name, address: addressOf(request) };
}

export function addressOf({ socket }: Pick<IncomingMessage, "socket">): string {
  return socket.remoteAddress ?? "";
}
