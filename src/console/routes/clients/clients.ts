import type { z } from "zod";
import { changeSettings, type SettingChanges } from "../../../acts/change-client-settings.js";
import { previewMessages } from "../../../acts/compose-message.js";
import { CLIENT_NAME_RULE, isClientName, makeClient } from "../../../acts/make-client.js";
import { noteAudit } from "../../../acts/note-audit.js";
import {
  CLIENT_SETTINGS,
  type ClientSettingKey,
  type ClientSettings,
  DIDS_SETTING,
  isSettingKey,
  parseSetting,
  readSettings,
  settingText,
} from "../../../clients/client-settings.js";
import { parseBody } from "../../../http/parse-body.js";
import { type FieldError, wrongField, wrongFields } from "../../../http/problem.js";
import { time } from "../../../representation/time.js";
import { isLive, listApiKeys } from "../../../store/api-keys.js";
import { listOwnDids } from "../../../store/client-dids.js";
import { listClients } from "../../../store/clients.js";
import type { ClientTable } from "../../../store/schema.js";
import { readClientSettings, readOwnSettings } from "../../../store/stored-client-settings.js";
import { listWebhookStates } from "../../../store/webhooks.js";
import { canonicalDid } from "../../../verification/did.js";
import type { ConsoleParts } from "../../console-parts.js";
import {
  changeSettingsSchema,
  type ClientDetail,
  type ClientList,
  type MadeClient,
  newClientSchema,
  type ShownSetting,
} from "../../contract/clients.js";
import { Refusal } from "../../refusal.js";
import { type SignedInRoute, whoIs } from "../../signed-in.js";
import { namedClient } from "./named-client.js";

const DIDS = "dids";

/** Clients and what they have set. */
export class ClientsRoutes {
  readonly #parts: ConsoleParts;

  constructor(parts: ConsoleParts) {
    this.#parts = parts;
  }

  /** `GET /api/clients` */
  readonly list: SignedInRoute = async (_request, response) => {
    const rows = await listClients(this.#parts.store.read);
    const body: ClientList = { clients: await this.#shown(rows) };
    response.json(body);
  };

  /** `POST /api/clients`; a name that is there already is refused, never silently the same. */
  readonly make: SignedInRoute = async (request, response, session) => {
    const { store, clock } = this.#parts;
    const { name } = parseBody(newClientSchema, request);
    if (!isClientName(name)) throw wrongField("name", CLIENT_NAME_RULE);
    const made = await store.write((db) =>
      makeClient(db, { vault: store.vault, now: clock() }, whoIs(session, request), name),
    );
    if (made === null) throw new Refusal("name_taken", "there is a client of this name");
    const [body] = (await this.#shown([made])) as [MadeClient];
    response.status(201).json(body);
  };

  /** `GET /api/clients/:id` */
  readonly look: SignedInRoute = async (request, response) => {
    const client = await namedClient(this.#parts.store, request);
    response.json(await this.#detail(client));
  };

  /** `PATCH /api/clients/:id/settings`: those that are given, all of them or none. */
  readonly change: SignedInRoute = async (request, response, session) => {
    const { store, clock, clients } = this.#parts;
    const body = parseBody(changeSettingsSchema, request);
    const changes = readChanges(body, clients.dids);
    const client = await namedClient(store, request);
    const taken = await store.write(async (db) => {
      const own = await readOwnSettings(db, client.id);
      const before = { ...own, [DIDS]: await listOwnDids(db, client.id) };
      if (body.was !== undefined && !isAsShown(body.was, own, before[DIDS])) {
        throw new Refusal("changed_meanwhile", "somebody else has changed this");
      }
      const conflict = await changeSettings(db, client.id, changes);
      if (conflict !== null) return conflict;
      const asked = { ...changes.settings, ...(changes.dids === undefined ? {} : { [DIDS]: changes.dids }) };
      const changed = Object.keys(asked).filter((key) => !isSame(before, asked, key));
      if (changed.length === 0) return null;
      await noteAudit(db, store.vault, whoIs(session, request), clock(), {
        act: "client.settings_changed",
        target: client.name,
        details: { settings: changed.sort().join(", ") },
      });
      return null;
    });
    // Whose it is, no page of one client says of another.
    if (taken !== null) throw new Refusal("did_taken", `another client has claimed ${taken.did}`);
    response.json(await this.#detail(client));
  };

  async #detail(client: ClientTable): Promise<ClientDetail> {
    const { store, clients } = this.#parts;
    const [shown] = (await this.#shown([client])) as [MadeClient];
    const settings = await readClientSettings(store.read, client.id);
    const own = await readOwnSettings(store.read, client.id);
    const usual = readSettings(null);
    return {
      ...shown,
      settings: (Object.keys(CLIENT_SETTINGS) as ClientSettingKey[]).map((key) => ({
        key,
        ...inputOf(key),
        value: shownValue(own, settings, key),
        by_default: settingText(usual[key]),
      })),
      messages: clients.sendsMessages ? await this.#messages(client.id) : [],
      dids: await listOwnDids(store.read, client.id),
      service_dids: [...clients.dids],
    };
  }

  async #messages(clientId: string): Promise<ClientDetail["messages"]> {
    const { store, clients } = this.#parts;
    const previews = await previewMessages(store.read, clientId, clients.limits.calls);
    return previews.map(({ locale, text, parts, cost }) => ({ locale, text, parts, price_yen: cost / 1000 }));
  }

  async #shown(rows: readonly ClientTable[]): Promise<ClientList["clients"]> {
    const { store, clock } = this.#parts;
    const keys = (await listApiKeys(store.read)).filter((key) => isLive(key, clock()));
    const webhooks = await listWebhookStates(store.read);
    return rows.map(({ id, name, created_at }) => {
      const webhook = webhooks.find(({ client_id }) => client_id === id);
      return {
        ...{ id, name, created_at: time(created_at) },
        live_keys: keys.filter(({ client_id }) => client_id === id).length,
        webhook: webhook === undefined ? "none" : webhook.disabled_at === null ? "enabled" : "disabled",
      };
    });
  }
}

function inputOf(key: ClientSettingKey): Pick<ShownSetting, "kind" | "options"> {
  const { kind, options = [] } = CLIENT_SETTINGS[key];
  if (kind === "flag") return { kind: "choice", options: ["true", "false"] };
  if (options.length === 0) return { kind, options: [] };
  return { kind: kind === "list" ? "choices" : "choice", options: [...options] };
}

/** @throws {Problem} naming each wrong field. */
function readChanges(
  { settings: texts, dids: spelled }: { settings: Record<string, string>; dids?: string[] | undefined },
  serviceDids: readonly string[],
): SettingChanges {
  const errors: FieldError[] = [];
  const settings: Record<string, unknown> = {};
  for (const [key, text] of Object.entries(texts)) {
    if (!isSettingKey(key)) {
      errors.push({ field: key, detail: "no such setting" });
      continue;
    }
    settings[key] = text.trim() === "" ? undefined : parseSetting(key, text.trim());
    if (text.trim() !== "" && settings[key] === undefined) {
      errors.push({ field: key, detail: CLIENT_SETTINGS[key].expected });
    }
  }
  const dids = spelled === undefined ? undefined : [...new Set(spelled.map(canonicalDid))];
  if (dids?.some((did) => !serviceDids.includes(did)) === true) {
    errors.push({ field: DIDS, detail: DIDS_SETTING.expected });
  }
  if (errors.length > 0) throw wrongFields(errors);
  return { settings, dids };
}

/** Empty where the client has set nothing of its own. @param settings the same, read. */
function shownValue(
  own: Readonly<Record<string, unknown>>,
  settings: ClientSettings,
  key: ClientSettingKey,
): string {
  return key in own ? settingText(settings[key]) : "";
}

/** Whether what is to be changed is still as it was shown to whoever changes it. */
function isAsShown(
  was: NonNullable<z.output<typeof changeSettingsSchema>["was"]>,
  own: Readonly<Record<string, unknown>>,
  dids: readonly string[],
): boolean {
  const now = readSettings(JSON.stringify(own));
  const texts = Object.entries(was.settings).every(
    ([key, text]) => isSettingKey(key) && text === shownValue(own, now, key),
  );
  return texts && (was.dids === undefined || was.dids.join() === dids.join());
}

function isSame(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  key: string,
): boolean {
  return JSON.stringify(before[key]) === JSON.stringify(after[key]);
}
