import type { RequestHandler } from "express";
import { noteAudit } from "../../acts/note-audit.js";
import type { ConsoleParts } from "../console-parts.js";
import type { Phone, PhoneAccount } from "../contract/phone.js";
import { Refusal } from "../refusal.js";
import type { PhoneParts } from "./phone-parts.js";
import { phoneUser } from "./phone-user.js";

const EVERYWHERE = ["0.0.0.0", "::"];

/** What the page of the telephone asks. */
export class PhoneRoutes {
  readonly #parts: ConsoleParts;

  constructor(parts: ConsoleParts) {
    this.#parts = parts;
  }

  /** `GET /api/phone` */
  readonly look: RequestHandler = async (request, response) => {
    const phone = this.#phone;
    await phoneUser(this.#parts, phone, request);
    const { host, port } = phone.sip;
    const body: Phone = {
      extensions: phone.accounts.map(({ name }) => ({
        name,
        numbers: phone.numbers.filter(({ extension }) => extension === name).map(({ number }) => number),
      })),
      dids: [...phone.dids],
      sip: {
        host: EVERYWHERE.includes(host) ? null : host,
        port,
        local: host === "::1" || host.startsWith("127."),
      },
    };
    response.json(body);
  };

  /** `GET /api/phone/accounts/:name`: with its password, which is the proof of every number that it plays. */
  readonly account: RequestHandler = async (request, response) => {
    const { store, clock } = this.#parts;
    const phone = this.#phone;
    const who = await phoneUser(this.#parts, phone, request);
    const account = phone.accounts.find(({ name }) => name === request.params["name"]);
    if (account === undefined) throw new Refusal("not_found", "there is no such telephone");
    const { name, password } = account;
    await store.write((db) =>
      noteAudit(db, store.vault, who, clock(), { act: "test_phone.account_shown", target: name }),
    );
    const body: PhoneAccount = { name, browser_name: `${name}-browser`, password };
    response.json(body);
  };

  get #phone(): PhoneParts {
    const { phone } = this.#parts;
    if (phone === undefined) throw new Refusal("not_found", "there are no test telephones");
    return phone;
  }
}
