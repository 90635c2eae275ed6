import { expect } from "chai";
import { listAudit } from "../../src/store/audit.js";
import type { ClientDetail } from "../../src/console/contract/clients.js";
import { type ApiBeside, apiBeside } from "./api-beside.js";
import type { ConsoleAnswer, ConsoleBrowser } from "./console-browser.js";
import { ConsoleFixture, DIDS } from "./console-fixture.js";

interface Setting {
  readonly key: string;
  readonly value: string;
  readonly by_default: string;
}

describe("clients of the console", () => {
  let fixture: ConsoleFixture;
  let api: ApiBeside;
  let admin: ConsoleBrowser;
  const trail = async (): Promise<string[]> =>
    (await listAudit(fixture.store.read, { limit: 100 }))
      .filter(({ act }) => !act.startsWith("admin.") && !act.startsWith("login."))
      .map(({ act, target, details }) => `${act} ${target} ${details}`)
      .reverse();
  const make = async (name: string): Promise<string> =>
    String((await admin.post("/api/clients", { name })).json["id"]);
  const fields = ({ json }: ConsoleAnswer): unknown[] =>
    ((json["errors"] ?? []) as { field: string }[]).map(({ field }) => field);
  const settingOf = (answer: ConsoleAnswer, key: string): Setting | undefined =>
    (answer.json["settings"] as Setting[]).find((one) => one.key === key);

  beforeEach(async () => {
    fixture = await ConsoleFixture.start();
    api = await apiBeside(fixture);
    admin = (await fixture.person("kanri", "admin")).browser;
  });
  afterEach(async () => {
    await api.stop();
    await fixture.stop();
  });

  describe("one", () => {
    it("is made, listed, and noted in the audit trail", async () => {
      const made = await admin.post("/api/clients", { name: "  あかね商店 " });
      expect([made.status, made.json["name"]]).to.deep.equal([201, "あかね商店"]);
      const list = (await admin.get("/api/clients")).json["clients"] as Record<string, unknown>[];
      expect(list).to.have.length(1);
      expect(list[0]).to.include({ name: "あかね商店", live_keys: 0, webhook: "none" });
      expect(await trail()).to.deep.equal(["client.created あかね商店 {}"]);
    });

    it("is refused where its name is there already, and nothing is changed", async () => {
      await make("shop");
      const again = await admin.post("/api/clients", { name: "shop" });
      expect([again.status, again.json["code"]]).to.deep.equal([409, "name_taken"]);
      expect(await trail()).to.have.length(1);
    });

    for (const name of ["", "   ", "a/b", "a\nb", "<b>", "x".repeat(65), 7, null]) {
      it(`is not called ${JSON.stringify(name)}`, async () => {
        const answer = await admin.post("/api/clients", { name });
        expect([answer.status, answer.json["code"]]).to.deep.equal([400, "invalid_request"]);
        expect(fields(answer)).to.deep.equal(["name"]);
      });
    }

    it("is made once where two ask in the same moment", async () => {
      const answers = await Promise.all([1, 2].map(() => admin.post("/api/clients", { name: "shop" })));
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([201, 409]);
    });
  });

  describe("settings", () => {
    it("show what is set, and what holds where nothing is", async () => {
      const id = await make("shop");
      const answer = await admin.ask("PATCH", `/api/clients/${id}/settings`, {
        settings: { max_calls: "5", methods: "keypad, caller_id", locale: "" },
      });
      expect(settingOf(answer, "max_calls")).to.include({ value: "5", by_default: "" });
      expect(settingOf(answer, "methods")).to.include({ value: "keypad,caller_id" });
      expect(settingOf(answer, "locale")).to.include({ value: "", by_default: "ja" });
      expect((await admin.get(`/api/clients/${id}`)).json).to.deep.equal(answer.json);
      expect((await trail()).at(-1)).to.equal(
        'client.settings_changed shop {"settings":"max_calls, methods"}',
      );
    });

    it("show the messages as they would be sent with them, and what each costs", async () => {
      const id = await make("shop");
      await admin.ask("PATCH", `/api/clients/${id}/settings`, {
        settings: { company: "本人商店", sms_text_ja: "{company}の番号は{code}です。" },
      });
      const { messages } = (await admin.get(`/api/clients/${id}`)).json as ClientDetail;
      expect(messages).to.deep.equal([
        {
          ...{ locale: "ja", parts: 1, price_yen: 18 },
          text: "本人商店の番号は123456です。誰にも教えないでください。",
        },
        {
          // One character of Japanese, and the whole of it is UCS-2: of more than 70 characters, two parts.
          ...{ locale: "en", parts: 2, price_yen: 36 },
          text: "本人商店: your code is 123456. Enter it within 5 minutes. Never tell it to anybody.",
        },
      ]);
    });

    it("go back to their default", async () => {
      const id = await make("shop");
      const path = `/api/clients/${id}/settings`;
      await admin.ask("PATCH", path, { settings: { max_calls: "5" } });
      const answer = await admin.ask("PATCH", path, { settings: { max_calls: "" } });
      expect(settingOf(answer, "max_calls")).to.include({ value: "" });
    });

    it("are not noted where nothing changes", async () => {
      const id = await make("shop");
      await admin.ask("PATCH", `/api/clients/${id}/settings`, { settings: { max_calls: "" }, dids: [] });
      expect(await trail()).to.have.length(1);
    });

    it("are all refused where some are wrong, each named", async () => {
      const id = await make("shop");
      const answer = await admin.ask("PATCH", `/api/clients/${id}/settings`, {
        settings: {
          ...{ max_calls: "5", max_enrollments: "0", ip_allow: "192.0.2.0/33", methods: "carrier_pigeon" },
          ...{ answer_inbound: "perhaps", nothing: "1", __proto__: "x", budget_yen_per_day: "1e9" },
        },
        dids: ["+81312349999"],
      });
      expect([answer.status, answer.json["code"]]).to.deep.equal([400, "invalid_request"]);
      expect(fields(answer)).to.have.members([
        ...["max_enrollments", "ip_allow", "methods", "answer_inbound", "nothing"],
        ...["budget_yen_per_day", "dids"],
      ]);
      expect(settingOf(await admin.get(`/api/clients/${id}`), "max_calls")).to.include({ value: "" });
      expect(await trail()).to.have.length(1);
    });

    it("hold from the next request on", async () => {
      const id = await make("shop");
      const { key } = (await admin.post(`/api/clients/${id}/keys`, { label: "", expires_at: null })).json;
      const shop = api.client(String(key));
      expect((await shop.get("/v1/enrollments")).status).to.equal(200);
      await admin.ask("PATCH", `/api/clients/${id}/settings`, { settings: { ip_allow: "192.0.2.1" } });
      expect((await shop.get("/v1/enrollments")).status).to.equal(403);
    });

    it("claim DIDs, in their order, however they are spelled", async () => {
      const id = await make("shop");
      const answer = await admin.ask("PATCH", `/api/clients/${id}/settings`, {
        dids: ["03-1234-0001", "0312340000"],
      });
      expect(answer.json["dids"]).to.deep.equal(["+81312340001", "+81312340000"]);
      expect(answer.json["service_dids"]).to.deep.equal(DIDS);
    });

    it("claim no DID that another client has, do not say whose it is, and change nothing else", async () => {
      const [first, second] = [await make("secret-shop"), await make("shop")];
      await admin.ask("PATCH", `/api/clients/${first}/settings`, { dids: ["+81312340000"] });
      const answer = await admin.ask("PATCH", `/api/clients/${second}/settings`, {
        dids: ["+81312340001", "+81312340000"],
        settings: { max_calls: "3" },
      });
      expect([answer.status, answer.json["code"]]).to.deep.equal([409, "did_taken"]);
      expect(answer.text).not.to.include("secret-shop");
      const after = await admin.get(`/api/clients/${second}`);
      expect(after.json["dids"]).to.deep.equal([]);
      expect(settingOf(after, "max_calls")).to.include({ value: "" });
    });
  });

  describe("a key", () => {
    const keys = async (id: string): Promise<Record<string, unknown>[]> =>
      (await admin.get(`/api/clients/${id}/keys`)).json["keys"] as Record<string, unknown>[];

    it("is shown once, works, and works no more from the moment that it is revoked", async () => {
      const id = await make("shop");
      const made = await admin.post(`/api/clients/${id}/keys`, { label: "店舗 1", expires_at: null });
      const key = String(made.json["key"]);
      const shop = api.client(key);
      expect((await shop.get("/v1/enrollments")).status).to.equal(200);
      const [listed] = await keys(id);
      expect(listed).to.include({ label: "店舗 1", state: "live", expires_at: null });
      expect(JSON.stringify([listed, await trail(), fixture.logged()])).not.to.include(key.slice(0, 20));
      const path = `/api/clients/${id}/keys/${String(made.json["id"])}`;
      expect((await admin.ask("DELETE", path)).status).to.equal(204);
      expect((await shop.get("/v1/enrollments")).status).to.equal(401);
      expect((await admin.ask("DELETE", path)).json["code"]).to.equal("conflict");
      expect((await keys(id))[0]).to.include({ state: "revoked" });
      expect((await trail()).slice(1)).to.deep.equal([
        `key.created ${String(made.json["id"])} {"client":"shop","label":"店舗 1"}`,
        `key.revoked ${String(made.json["id"])} {"client":"shop"}`,
      ]);
    });

    it("is replaced: the old one ends in a day, and the new one goes on", async () => {
      const id = await make("shop");
      const old = await admin.post(`/api/clients/${id}/keys`, { label: "old", expires_at: null });
      const fresh = await admin.post(`/api/clients/${id}/keys`, { label: "new", expires_in_days: 90 });
      const path = `/api/clients/${id}/keys/${String(old.json["id"])}`;
      expect((await admin.ask("PATCH", path, { expires_in_days: 1 })).status).to.equal(204);
      const [was, is] = [old, fresh].map(({ json }) => api.client(String(json["key"])));
      const statuses = async (): Promise<unknown[]> => [
        (await was!.get("/v1/enrollments")).status,
        (await is!.get("/v1/enrollments")).status,
      ];
      fixture.now += 86_400_000 - 1;
      expect(await statuses()).to.deep.equal([200, 200]);
      fixture.now += 1;
      expect(await statuses()).to.deep.equal([401, 200]);
    });

    it("that has ended does not come back by another end", async () => {
      const id = await make("shop");
      const made = await admin.post(`/api/clients/${id}/keys`, { label: "", expires_in_days: 1 });
      fixture.now += 86_400_000;
      const { browser } = await fixture.person("sato", "admin");
      const path = `/api/clients/${id}/keys/${String(made.json["id"])}`;
      const answer = await browser.ask("PATCH", path, { expires_at: null });
      expect([answer.status, answer.json["code"]]).to.deep.equal([409, "conflict"]);
    });

    for (const [end, what] of [
      [{ expires_at: "2026-11-27T06:00:00Z" }, "now"],
      [{ expires_at: "2020-01-01T00:00:00Z" }, "in the past"],
      [{ expires_at: "tomorrow" }, "in words"],
      [{ expires_in_days: 0 }, "in no days"],
      [{ expires_in_days: 1.5 }, "in a day and a half"],
      [{ expires_in_days: 99_999 }, "in 99,999 days"],
      [{ expires_in_days: 1, expires_at: null }, "twice"],
      [{}, "nowhere"],
    ] as const) {
      it(`does not end ${what}`, async () => {
        const id = await make("shop");
        const answer = await admin.post(`/api/clients/${id}/keys`, { label: "", ...end });
        expect([answer.status, answer.json["code"]]).to.deep.equal([400, "invalid_request"]);
        expect(await keys(id)).to.deep.equal([]);
      });
    }

    it("of another client is not there", async () => {
      const [mine, theirs] = [await make("shop"), await make("other")];
      const made = await admin.post(`/api/clients/${theirs}/keys`, { label: "", expires_at: null });
      const path = `/api/clients/${mine}/keys/${String(made.json["id"])}`;
      expect((await admin.ask("DELETE", path)).status).to.equal(404);
      expect((await admin.ask("PATCH", path, { expires_at: null })).status).to.equal(404);
      expect((await keys(theirs))[0]).to.include({ state: "live" });
    });
  });

  describe("who may what", () => {
    const CHANGES = [
      ["POST", "clients", { name: "x" }],
      ["PATCH", "clients/ID/settings", { settings: { max_calls: "1" } }],
      ["POST", "clients/ID/keys", { label: "", expires_at: null }],
      ["PATCH", "clients/ID/keys/key_1", { expires_at: null }],
      ["DELETE", "clients/ID/keys/key_1", undefined],
      ["PUT", "clients/ID/webhook", { url: "https://example.com/" }],
      ["POST", "clients/ID/webhook/rotate", { overlap_hours: 1 }],
      ["POST", "clients/ID/webhook/disable", {}],
      ["POST", "clients/ID/webhook/test", {}],
      ["POST", "clients/ID/webhook/redeliver", {}],
      ["POST", "clients/ID/enrollments", { phone_number: "09012345678" }],
      ["DELETE", "clients/ID/enrollments/enr_1", undefined],
      ["POST", "clients/ID/enrollment-files", {}],
      ["GET", "clients/ID/enrollment-files/1", undefined],
      ["POST", "clients/ID/enrollment-files/1/start", {}],
    ] as const;
    const LOOKS = [
      ["GET", "clients", undefined],
      ["GET", "clients/ID", undefined],
      ["GET", "clients/ID/keys", undefined],
      ["GET", "clients/ID/webhook", undefined],
      ["POST", "clients/ID/enrollments/search", {}],
    ] as const;
    const statuses = async (
      browser: ConsoleBrowser,
      asked: typeof CHANGES | typeof LOOKS,
    ): Promise<unknown> => {
      const id = await make("shop");
      const answers = asked.map(([method, path, body]) =>
        browser.ask(method, `/api/${path.replace("ID", id)}`, body),
      );
      return [...new Set((await Promise.all(answers)).map(({ status }) => status))];
    };

    for (const role of ["viewer", "operator"] as const) {
      it(`lets ${role}s look at everything and change nothing`, async () => {
        const { browser } = await fixture.person("sato", role);
        expect(await statuses(browser, LOOKS)).to.deep.equal([200]);
        expect((await trail()).length).to.equal(1);
      });

      it(`refuses what ${role}s forge`, async () => {
        const { browser } = await fixture.person("sato", role);
        expect(await statuses(browser, CHANGES)).to.deep.equal([403]);
        expect((await trail()).length).to.equal(1);
      });
    }

    it("lets nobody in who is not logged in", async () => {
      expect(await statuses(fixture.newBrowser(), CHANGES)).to.deep.equal([401]);
      const [shop] = (await admin.get("/api/clients")).json["clients"] as { id: string }[];
      for (const [method, path, body] of LOOKS) {
        const answer = await fixture.newBrowser().ask(method, `/api/${path.replace("ID", shop!.id)}`, body);
        expect(answer.status).to.equal(401);
      }
    });

    it("takes nothing that another site has sent, whoever is logged in", async () => {
      const id = await make("shop");
      for (const [method, path, body] of CHANGES.filter(([one]) => one !== "GET")) {
        const answer = await admin.ask(method, `/api/${path.replace("ID", id)}`, body, {
          "sec-fetch-site": "cross-site",
        });
        expect([path, answer.status]).to.deep.equal([path, 403]);
      }
    });

    it("knows no client that is not there", async () => {
      for (const [method, path, body] of [...LOOKS.slice(1), ...CHANGES.slice(1)]) {
        if (path.includes("enrollment-files")) continue;
        const answer = await admin.ask(method, `/api/${path.replace("ID", "cli_nobody")}`, body);
        expect([path, answer.status]).to.deep.equal([path, 404]);
      }
    });
  });
});
