import { hashPassword, isPassword } from "../../admins/password.js";
import { passwordOf, secondFactor } from "../../acts/log-in.js";
import { openSession } from "../../acts/open-session.js";
import { noteAudit } from "../../acts/note-audit.js";
import { passwordContext, renewRecoveryCodes } from "../../acts/ways-in.js";
import { parseBody } from "../../http/parse-body.js";
import { time } from "../../representation/time.js";
import { deletePasskey, insertPasskey, listPasskeys } from "../../store/admin-passkeys.js";
import { deleteSession, deleteSessionsOf, listSessions } from "../../store/admin-sessions.js";
import { type AdminRow, countRecoveryCodes, findAdmin, updateAdmin } from "../../store/admins.js";
import { mayAs } from "../../admins/role.js";
import type { ConsoleParts } from "../console-parts.js";
import {
  addPasskeySchema,
  changePasswordSchema,
  type Me,
  type PasskeyList,
  type SessionList,
} from "../contract/accounts.js";
import type { Passkeys } from "../passkeys.js";
import { refuseWeakPassword } from "../passwords.js";
import { Refusal } from "../refusal.js";
import { setSessionCookie } from "../session-cookie.js";
import { type SignedInRoute, whoIs } from "../signed-in.js";
import { browserOf } from "./log-in.js";

/** What everybody does with their own account. */
export class OwnAccountRoutes {
  readonly #parts: ConsoleParts;
  readonly #passkeys: Passkeys;

  constructor(parts: ConsoleParts, passkeys: Passkeys) {
    this.#parts = parts;
    this.#passkeys = passkeys;
  }

  /** `GET /api/me` */
  readonly me: SignedInRoute = async (_request, response, session) => {
    const { store, version, phone, demo } = this.#parts;
    const { password_hash } = await this.#account(session.admin_id);
    const me: Me = {
      name: session.name,
      role: session.role,
      session: { id: session.id, expires_at: time(session.expires_at) },
      has_password: password_hash !== null,
      recovery_codes_left: await countRecoveryCodes(store.read, session.admin_id),
      version,
      beside: {
        phone: phone !== undefined && mayAs(session.role, "operator"),
        demo: demo !== undefined,
      },
    };
    response.json(me);
  };

  /** `POST /api/password`: a new one, by the old one and a code. All other sessions end. */
  readonly changePassword: SignedInRoute = async (request, response, session) => {
    const { store, clock, sessions, tries } = this.#parts;
    const { password, code, new_password: chosen } = parseBody(changePasswordSchema, request);
    const { remoteAddress } = request.socket;
    tries.look(remoteAddress, session.name);
    tries.count(remoteAddress, session.name);
    const account = await this.#account(session.admin_id);
    if (!(await isPassword(passwordOf(store.vault, account), password))) throw wrongCredentials();
    refuseWeakPassword(chosen, session.name);
    const hashed = Buffer.from(await hashPassword(chosen));
    const token = await store.write(async (db) => {
      const admin = await findAdmin(db, session.admin_id);
      if (admin === undefined || !(await secondFactor(db, store.vault, admin, code, clock())).ok) return null;
      const sealed = store.vault.seal(hashed, passwordContext(admin.id));
      await updateAdmin(db, admin.id, { password_hash: sealed });
      const who = whoIs(session, request);
      await noteAudit(db, store.vault, who, clock(), { act: "password.changed", target: admin.name });
      await deleteSessionsOf(db, admin.id);
      return openSession(db, store.vault, admin, "password", browserOf(request), clock(), sessions.lifeMs);
    });
    if (token === null) throw wrongCredentials();
    tries.forgive(remoteAddress, session.name);
    setSessionCookie(response, token, sessions.lifeMs);
    response.status(204).end();
  };

  /** `POST /api/recovery-codes` */
  readonly renewCodes: SignedInRoute = async (request, response, session) => {
    const { store, clock } = this.#parts;
    const { password_hash } = await this.#account(session.admin_id);
    if (password_hash === null) throw new Refusal("conflict", "an account without a password needs none");
    const codes = await store.write(async (db) => {
      const who = whoIs(session, request);
      await noteAudit(db, store.vault, who, clock(), { act: "recovery_codes.renewed", target: session.name });
      return renewRecoveryCodes(db, store.vault, session.admin_id);
    });
    response.json({ recovery_codes: codes });
  };

  /** `GET /api/sessions`: one's own; of everybody for who manages accounts. */
  readonly sessions: SignedInRoute = async (_request, response, session) => {
    const { store, clock, sessions } = this.#parts;
    const all = await listSessions(store.read, mayAs(session.role, "admin") ? undefined : session.admin_id);
    const open = all.filter(
      (one) => one.expires_at > clock() && one.last_seen_at + sessions.idleMs > clock(),
    );
    const body: SessionList = {
      sessions: open.map((one) => ({
        id: one.id,
        name: one.name,
        role: one.role,
        created_at: time(one.created_at),
        last_seen_at: time(one.last_seen_at),
        expires_at: time(one.expires_at),
        address: one.address,
        agent: one.agent,
        is_this: one.id === session.id,
      })),
    };
    response.json(body);
  };

  /** `DELETE /api/sessions/:id` */
  readonly revokeSession: SignedInRoute = async (request, response, session) => {
    const { store, clock } = this.#parts;
    const { id } = request.params;
    const found = (await listSessions(store.read)).find((one) => one.id === id);
    const may = found !== undefined && (found.admin_id === session.admin_id || mayAs(session.role, "admin"));
    if (!may) throw new Refusal("not_found", "there is no such session");
    await store.write(async (db) => {
      await deleteSession(db, found.id);
      const who = whoIs(session, request);
      await noteAudit(db, store.vault, who, clock(), { act: "session.revoked", target: found.name });
    });
    response.status(204).end();
  };

  /** `GET /api/passkeys` */
  readonly passkeys: SignedInRoute = async (_request, response, session) => {
    const rows = await listPasskeys(this.#parts.store.read, session.admin_id);
    const body: PasskeyList = {
      passkeys: rows.map(({ id, label, created_at, last_used_at }) => ({
        ...{ id, label },
        created_at: time(created_at),
        last_used_at: time(last_used_at),
      })),
    };
    response.json(body);
  };

  /** `POST /api/passkeys/challenge` */
  readonly passkeyChallenge: SignedInRoute = async (_request, response, session) => {
    const known = await listPasskeys(this.#parts.store.read, session.admin_id);
    const ids = known.map(({ id }) => id);
    response.json(await this.#passkeys.registerChallenge(session.admin_id, session.name, ids));
  };

  /** `POST /api/passkeys` */
  readonly addPasskey: SignedInRoute = async (request, response, session) => {
    const { store, clock } = this.#parts;
    const { ticket, credential, label } = parseBody(addPasskeySchema, request);
    const made = await this.#passkeys.register(ticket, session.admin_id, credential);
    const isNew = await store.write(async (db) => {
      const row = { ...made, label, admin_id: session.admin_id, created_at: clock(), last_used_at: null };
      if (!(await insertPasskey(db, row))) return false;
      await noteAudit(db, store.vault, whoIs(session, request), clock(), {
        act: "passkey.added",
        target: session.name,
        details: { label },
      });
      return true;
    });
    if (!isNew) throw new Refusal("passkey_known", "this passkey is registered already");
    response.status(204).end();
  };

  /** `DELETE /api/passkeys/:id`; not the last one of an account that has no password. */
  readonly removePasskey: SignedInRoute = async (request, response, session) => {
    const { store, clock } = this.#parts;
    const id = String(request.params["id"]);
    const done = await store.write(async (db) => {
      const passkeys = await listPasskeys(db, session.admin_id);
      const passkey = passkeys.find((one) => one.id === id);
      if (passkey === undefined) return "not_found";
      const admin = await findAdmin(db, session.admin_id);
      if (passkeys.length === 1 && admin?.password_hash === null) return "conflict";
      await deletePasskey(db, session.admin_id, id);
      await noteAudit(db, store.vault, whoIs(session, request), clock(), {
        act: "passkey.removed",
        target: session.name,
        details: { label: passkey.label },
      });
      return null;
    });
    if (done !== null) throw new Refusal(done, "there is no such passkey, or it is the only way in");
    response.status(204).end();
  };

  async #account(id: string): Promise<AdminRow> {
    const account = await findAdmin(this.#parts.store.read, id);
    if (account === undefined) throw new Refusal("not_signed_in", "the account is gone");
    return account;
  }
}

function wrongCredentials(): Refusal {
  return new Refusal("wrong_credentials", "password or code is wrong");
}
