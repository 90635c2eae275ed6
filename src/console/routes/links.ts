import { createHash } from "node:crypto";
import type { Request, RequestHandler, Response } from "express";
import { hashPassword } from "../../admins/password.js";
import { totpForApps } from "../../admins/totp.js";
import { type OpenedLink, openLink, useLink, type WayIn } from "../../acts/use-admin-link.js";
import { parseBody } from "../../http/parse-body.js";
import { time } from "../../representation/time.js";
import { findAdminByName } from "../../store/admins.js";
import type { ConsoleParts } from "../console-parts.js";
import {
  type LinkLook,
  type LinkUsed,
  linkByPasskeySchema,
  linkByPasswordSchema,
  linkPasskeyOptionsSchema,
  linkSchema,
} from "../contract/accounts.js";
import type { Passkeys } from "../passkeys.js";
import { refuseWeakPassword, stepOfFirstCode } from "../passwords.js";
import { Refusal } from "../refusal.js";
import { setSessionCookie } from "../session-cookie.js";
import { browserOf } from "./log-in.js";

const PASSKEY_LABEL = "1";

/** Links for the first account, for those who were invited, and for those who have lost their ways in. */
export class LinkRoutes {
  readonly #parts: ConsoleParts;
  readonly #passkeys: Passkeys;

  constructor(parts: ConsoleParts, passkeys: Passkeys) {
    this.#parts = parts;
    this.#passkeys = passkeys;
  }

  /** `POST /api/links/look`: what a link is for. The token is in the body: of an address, logs are kept. */
  readonly look: RequestHandler = async (request, response) => {
    const { token } = parseBody(linkSchema, request);
    const { link, totpSecret } = await this.#opened(request, token);
    const { uri, base32 } = totpForApps(totpSecret, link.name ?? "admin");
    const look: LinkLook = {
      purpose: link.admin_id !== null ? "reset" : link.name === null ? "first" : "invitation",
      name: link.name,
      role: link.role,
      expires_at: time(link.expires_at),
      totp: { uri, secret: base32 },
      passkeys: this.#passkeys.available,
    };
    response.json(look);
  };

  /** `POST /api/links/password` */
  readonly byPassword: RequestHandler = async (request, response) => {
    const { token, name, password, code } = parseBody(linkByPasswordSchema, request);
    const { link, totpSecret } = await this.#opened(request, token);
    refuseWeakPassword(password, link.name ?? name);
    const totpStep = stepOfFirstCode(totpSecret, code, this.#parts.clock());
    const hashed = await hashPassword(password);
    await this.#use(request, response, token, name, { kind: "password", hashed, totpStep });
  };

  /** `POST /api/links/passkey/challenge` */
  readonly passkeyChallenge: RequestHandler = async (request, response) => {
    const { token, name } = parseBody(linkPasskeyOptionsSchema, request);
    const { link } = await this.#opened(request, token);
    // Before the browser makes one that would be of no use.
    const taken = link.name === null && (await findAdminByName(this.#parts.store.read, name)) !== undefined;
    if (taken) throw new Refusal("name_taken", "there is an account of this name");
    response.json(await this.#passkeys.registerChallenge(userOf(token), link.name ?? name, []));
  };

  /** `POST /api/links/passkey` */
  readonly byPasskey: RequestHandler = async (request, response) => {
    const { token, name, ticket, credential } = parseBody(linkByPasskeySchema, request);
    await this.#opened(request, token);
    const made = await this.#passkeys.register(ticket, userOf(token), credential);
    const row = { label: PASSKEY_LABEL, created_at: this.#parts.clock(), last_used_at: null };
    await this.#use(request, response, token, name, { kind: "passkey", passkey: { ...made, ...row } });
  };

  /** @throws {Refusal} `link_void`; `too_many_tries` for who tries many. */
  async #opened({ socket }: Request, token: string): Promise<OpenedLink> {
    const { store, clock, tries } = this.#parts;
    tries.look(socket.remoteAddress, "");
    const opened = await openLink(store.read, store.vault, token, clock());
    if (opened !== undefined) return opened;
    tries.count(socket.remoteAddress, "");
    throw linkVoid();
  }

  async #use(request: Request, response: Response, token: string, name: string, way: WayIn): Promise<void> {
    const { store, clock, sessions } = this.#parts;
    const browser = browserOf(request);
    const used = await store.write((db) =>
      useLink(db, store.vault, token, name, way, browser, clock(), sessions.lifeMs),
    );
    if (!used.ok) throw used.why === "link_void" ? linkVoid() : new Refusal(used.why, "it is there already");
    setSessionCookie(response, used.token, sessions.lifeMs);
    const body: LinkUsed = { name: used.admin.name, recovery_codes: [...used.recoveryCodes] };
    response.status(201).json(body);
  }
}

function linkVoid(): Refusal {
  return new Refusal("link_void", "the link was used, has run out or never was one");
}

/** WebAuthn's handle of somebody who has no account yet: it tells nothing of the token. */
function userOf(token: string): string {
  return createHash("sha256").update("user handle\0").update(token).digest("base64url").slice(0, 32);
}
