import type { AdminRole } from "../../admins/role.js";
import { inviteAdmin, LINK_MS, resetAdmin } from "../../acts/admin-links.js";
import { type AdminChange, changeAdmin } from "../../acts/change-admin.js";
import { waysInto } from "../../acts/ways-in.js";
import { parseBody, parseFields } from "../../http/parse-body.js";
import { time } from "../../representation/time.js";
import { findAdmin, findAdminByName, listAdmins } from "../../store/admins.js";
import { listAudit } from "../../store/audit.js";
import type { ConsoleParts } from "../console-parts.js";
import {
  type AdminList,
  type AuditPage,
  auditQuerySchema,
  changeAdminSchema,
  inviteSchema,
  type IssuedLink,
} from "../contract/accounts.js";
import { linkUrl } from "../link-url.js";
import { Refusal } from "../refusal.js";
import { type SignedInRoute, whoIs } from "../signed-in.js";

const AUDIT_PAGE = 100;

/** Accounts, by those who manage them. */
export class AdminRoutes {
  readonly #parts: ConsoleParts;

  constructor(parts: ConsoleParts) {
    this.#parts = parts;
  }

  /** `GET /api/admins` */
  readonly list: SignedInRoute = async (_request, response) => {
    const { store } = this.#parts;
    const rows = await listAdmins(store.read);
    const admins = rows.map(async (row) => ({
      ...{ id: row.id, name: row.name, role: row.role },
      created_at: time(row.created_at),
      disabled_at: time(row.disabled_at),
      last_login_at: time(row.last_login_at),
      by: await waysInto(store.read, row),
    }));
    const body: AdminList = { admins: await Promise.all(admins) };
    response.json(body);
  };

  /** `POST /api/admins`: a link for somebody new. */
  readonly invite: SignedInRoute = async (request, response, session) => {
    const { store, clock } = this.#parts;
    const wanted: { name: string; role: AdminRole } = parseBody(inviteSchema, request);
    const token = await store.write(async (db) => {
      if ((await findAdminByName(db, wanted.name)) !== undefined) return null;
      return inviteAdmin(db, { vault: store.vault, now: clock() }, whoIs(session, request), wanted);
    });
    if (token === null) throw new Refusal("name_taken", "there is an account of this name");
    response.status(201).json(this.#issued(token));
  };

  /** `POST /api/admins/:id/reset`: all ways in are taken away, and a link for new ones is given. */
  readonly reset: SignedInRoute = async (request, response, session) => {
    const { store, clock } = this.#parts;
    const token = await store.write(async (db) => {
      const admin = await findAdmin(db, String(request.params["id"]));
      if (admin === undefined) return null;
      return resetAdmin(db, { vault: store.vault, now: clock() }, whoIs(session, request), admin);
    });
    if (token === null) throw noSuchAccount();
    response.status(201).json(this.#issued(token));
  };

  /** `PATCH /api/admins/:id`: another role, or whether it may log in. */
  readonly change: SignedInRoute = async (request, response, session) => {
    const { store, clock } = this.#parts;
    const { role, disabled } = parseBody(changeAdminSchema, request);
    const change: AdminChange = role === undefined ? { disabled: disabled === true } : { role };
    const id = String(request.params["id"]);
    const done = await store.write((db) =>
      changeAdmin(db, store.vault, whoIs(session, request), id, change, clock()),
    );
    if (done === "not_found") throw noSuchAccount();
    if (done === "last_admin") throw new Refusal("last_admin", "nobody would be left who manages accounts");
    response.status(204).end();
  };

  /** `GET /api/audit?act=&before=` */
  readonly audit: SignedInRoute = async (request, response) => {
    const { act, before } = parseFields(auditQuerySchema, request.query);
    const rows = await listAudit(this.#parts.store.read, { act, beforeSeq: before, limit: AUDIT_PAGE });
    const body: AuditPage = {
      lines: rows.map(({ seq, at, actor, address, act: done, target, details }) => ({
        ...{ seq, actor, address, target },
        at: time(at),
        act: done,
        details: JSON.parse(details) as Record<string, string>,
      })),
      next_before: rows.length < AUDIT_PAGE ? null : (rows.at(-1)?.seq ?? null),
    };
    response.json(body);
  };

  #issued(token: string): IssuedLink {
    const { origin, clock } = this.#parts;
    return { url: linkUrl(origin(), token), expires_at: time(clock() + LINK_MS) };
  }
}

function noSuchAccount(): Refusal {
  return new Refusal("not_found", "there is no such account");
}
