import type { Request, RequestHandler } from "express";
import { noteFailedLogIn } from "../../acts/failed-log-ins.js";
import { logIn } from "../../acts/log-in.js";
import { noteAudit } from "../../acts/note-audit.js";
import { type Browser, openSession } from "../../acts/open-session.js";
import { parseBody } from "../../http/parse-body.js";
import { findPasskey, usePasskey } from "../../store/admin-passkeys.js";
import { deleteSession } from "../../store/admin-sessions.js";
import { findAdmin } from "../../store/admins.js";
import type { ConsoleParts } from "../console-parts.js";
import { logInSchema, passkeyLogInSchema } from "../contract/accounts.js";
import type { Passkeys } from "../passkeys.js";
import { accountByPassword } from "../passwords.js";
import { Refusal } from "../refusal.js";
import { clearSessionCookie, sessionToken, setSessionCookie } from "../session-cookie.js";
import { addressOf, type SignedInRoute, whoIs } from "../signed-in.js";

export function browserOf(request: Request): Browser {
  return {
    address: addressOf(request),
    agent: request.get("user-agent") ?? "",
    formerToken: sessionToken(request),
  };
}

/** `POST /api/log-in`: by name, password and a code of the authenticator, or a recovery code. */
export function logInRoute({ store, clock, log, sessions, tries }: ConsoleParts): RequestHandler {
  return async (request, response) => {
    const { name, password, code } = parseBody(logInSchema, request);
    const { remoteAddress } = request.socket;
    tries.look(remoteAddress, name);
    tries.count(remoteAddress, name);
    const browser = browserOf(request);
    const account = await accountByPassword(store, name, password);
    const done =
      account === undefined
        ? undefined
        : await store.write((db) =>
            logIn(db, store.vault, account.id, code, browser, clock(), sessions.lifeMs),
          );
    if (done?.ok !== true) {
      await store.write((db) => noteFailedLogIn(db, store.vault, browser.address, name, clock()));
      // The page tells nobody which of the three was wrong; who runs the service may have to know of the clock.
      if (done !== undefined && done.clockOffS !== null) {
        log.warn(
          "a log-in to the console failed: the clock of this machine or of the authenticator is wrong",
          {
            seconds: done.clockOffS,
          },
        );
      }
      throw new Refusal("wrong_credentials", "name, password or code is wrong");
    }
    tries.forgive(remoteAddress, name);
    setSessionCookie(response, done.token, sessions.lifeMs);
    response.status(204).end();
  };
}

/** `POST /api/log-in/passkey/challenge` */
export function passkeyChallengeRoute(passkeys: Passkeys): RequestHandler {
  return async (_request, response) => {
    response.json(await passkeys.logInChallenge());
  };
}

/** `POST /api/log-in/passkey` */
export function passkeyLogInRoute(parts: ConsoleParts, passkeys: Passkeys): RequestHandler {
  const { store, clock, sessions, tries } = parts;
  return async (request, response) => {
    const { ticket, credential } = parseBody(passkeyLogInSchema, request);
    const { remoteAddress } = request.socket;
    tries.look(remoteAddress, "");
    tries.count(remoteAddress, "");
    const passkey = await findPasskey(store.read, credential.id);
    if (passkey === undefined) throw new Refusal("passkey_refused", "the passkey was not accepted");
    const counter = await passkeys.logIn(ticket, passkey, credential);
    const token = await store.write(async (db) => {
      const admin = await findAdmin(db, passkey.admin_id);
      if (admin?.disabled_at !== null) return null;
      await usePasskey(db, passkey.id, counter, clock());
      return openSession(db, store.vault, admin, "passkey", browserOf(request), clock(), sessions.lifeMs);
    });
    if (token === null) throw new Refusal("passkey_refused", "the passkey was not accepted");
    tries.forgive(remoteAddress, "");
    setSessionCookie(response, token, sessions.lifeMs);
    response.status(204).end();
  };
}

/** `POST /api/log-out` */
export function logOutRoute({ store, clock }: ConsoleParts): SignedInRoute {
  return async (request, response, session) => {
    await store.write(async (db) => {
      await deleteSession(db, session.id);
      await noteAudit(db, store.vault, whoIs(session, request), clock(), {
        act: "logout",
        target: session.name,
      });
    });
    clearSessionCookie(response);
    response.status(204).end();
  };
}
