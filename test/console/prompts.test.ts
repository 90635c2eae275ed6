import { chmod, mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { fromPcm16 } from "../../src/sound/formats.js";
import { readWave } from "../../src/sound/wave.js";
import { listAudit, verifyAudit } from "../../src/store/audit.js";
import { insertClient } from "../../src/store/clients.js";
import { PROMPT_IDS } from "../../src/verification/prompt-id.js";
import { encodedBy, mp3Of, RATE, wavOf } from "../prompts/recording-files.js";
import { damageSound } from "../prompts/library-fixture.js";
import { likeness, speechLike } from "../prompts/speech-like.js";
import type { ConsoleAnswer, ConsoleBrowser } from "./console-browser.js";
import { ConsoleFixture } from "./console-fixture.js";

const NAME = "/api/prompts/ja/company-name";

type Json = Record<string, unknown>;

describe("prompts of the console", function () {
  this.timeout(120_000);
  let fixture: ConsoleFixture;
  let admin: ConsoleBrowser;

  beforeEach(async () => {
    fixture = await ConsoleFixture.start();
    for (const id of ["shop", "bank"]) {
      await fixture.store.write((db) =>
        insertClient(db, { id, name: `${id}-name`, created_at: fixture.now }),
      );
    }
    ({ browser: admin } = await fixture.person("佐藤", "admin"));
  });
  afterEach(() => fixture.stop());

  const send = (bytes: Buffer, query = "name=a.wav", to = `${NAME}/recording`): Promise<ConsoleAnswer> =>
    admin.ask("POST", `${to}?${query}`, bytes);
  const recording = (seed: number, seconds = 1): Buffer => wavOf(speechLike(seed, seconds, RATE));
  const samples = ({ bytes }: ConsoleAnswer): Float64Array => fromPcm16(readWave(bytes).pcm);
  const soundsLike = (answer: ConsoleAnswer, seed: number): boolean =>
    likeness(speechLike(seed, 1, 8000), samples(answer)) > 0.75;
  const audit = async (): Promise<string[]> =>
    (await listAudit(fixture.store.read, { limit: 100 }))
      .filter(({ act }) => act.startsWith("prompt."))
      .map(({ actor, act, target, details }) => `${actor} ${act} ${target} ${details}`)
      .reverse();
  const listed = async (query: string): Promise<Json[]> =>
    (await admin.get(`/api/prompts?${query}`)).json["prompts"] as Json[];
  const entry = async (query: string, id = "company-name"): Promise<Json> =>
    (await listed(query)).find((one) => one["id"] === id) ?? {};

  describe("the list", () => {
    it("has every prompt of a language with its text, and when it is said, in both languages", async () => {
      for (const locale of ["ja", "en"]) {
        const prompts = await listed(`locale=${locale}`);
        expect(prompts.map(({ id }) => id)).to.include.members([...PROMPT_IDS]);
        for (const { id, when, text, kind } of prompts) {
          const { ja, en } = when as { ja: string; en: string };
          expect(ja, String(id)).to.match(/[ぁ-ん一-龠]/);
          expect(en, String(id)).not.to.match(/[ぁ-ん一-龠]/);
          expect(text === null, String(id)).to.equal(kind === "silence");
        }
      }
    });

    it("tells what a client has for itself from what it inherits", async () => {
      await send(recording(1), "name=a.wav&text=共通です");
      await send(recording(2), "name=b.wav&client=shop&text=ショップです");
      expect(await entry("locale=ja")).to.include({ source: "default", version: 1, text: "共通です" });
      expect(await entry("locale=ja&client=shop")).to.include({ source: "client", text: "ショップです" });
      expect(await entry("locale=ja&client=bank")).to.include({ source: "default", text: "共通です" });
      expect(await entry("locale=en&client=shop")).to.include({ source: "shipped", version: null });
      const { json } = await admin.get(`${NAME}?client=shop`);
      expect(json["under"]).to.include({ source: "default", version: 1, text: "共通です" });
    });

    it("knows no other client, language or prompt", async () => {
      for (const wrong of [
        "/api/prompts?locale=ja&client=other",
        "/api/prompts/fr/company-name",
        "/api/prompts/ja/nothing",
      ]) {
        expect((await admin.get(wrong)).status, wrong).to.equal(404);
      }
      expect((await admin.get("/api/prompts?locale=fr")).status).to.equal(400);
      const path = await admin.get("/api/prompts/ja/..%2Fgreeting/sound");
      expect([path.status, path.json["prompt"]]).to.deep.equal([422, "path_in_name"]);
    });
  });

  describe("listening", () => {
    it("plays what the next call plays, an older version, and what lies under the set", async () => {
      await send(recording(1));
      await send(recording(2));
      await send(recording(3), "name=c.wav&client=shop");
      expect(soundsLike(await admin.get(`${NAME}/sound`), 2)).to.equal(true);
      expect(soundsLike(await admin.get(`${NAME}/sound?version=1`), 1)).to.equal(true);
      expect(soundsLike(await admin.get(`${NAME}/sound?client=shop`), 3)).to.equal(true);
      expect(soundsLike(await admin.get(`${NAME}/sound?client=shop&version=0`), 2)).to.equal(true);
      const shipped = await admin.get(`${NAME}/sound?version=0`);
      expect([1, 2, 3].some((seed) => soundsLike(shipped, seed))).to.equal(false);
      expect(shipped.headers).to.include({ "content-type": "audio/wav", "cache-control": "no-store" });
      const none = await admin.get(`${NAME}/sound?version=9`);
      expect([none.status, none.json["prompt"]]).to.deep.equal([422, "no_such_version"]);
    });

    it("plays a whole conversation as a caller of the client would hear it", async () => {
      await send(recording(3, 4), "name=c.wav&client=shop");
      const { json } = await admin.get("/api/prompts?locale=ja&client=shop");
      const conversations = json["conversations"] as { name: string; ids: string[] }[];
      expect(conversations.map(({ name }) => name)).to.include.members([
        "keypad_right",
        "spoken",
        "call_back",
      ]);
      for (const { name, ids } of conversations) {
        const query = `client=shop&locale=ja&ids=${ids.join(",")}`;
        const whole = samples(await admin.get(`/api/prompt-sequence?${query}`));
        let length = 0;
        for (const id of new Set(ids)) {
          const one = samples(await admin.get(`/api/prompts/ja/${id}/sound?client=shop`));
          length += one.length * ids.filter((other) => other === id).length;
        }
        expect(whole.length, name).to.equal(length);
      }
      const wrong = await admin.get("/api/prompt-sequence?locale=ja&ids=greeting,other");
      expect(wrong.status).to.equal(404);
      const many = await admin.get(`/api/prompt-sequence?locale=ja&ids=${"digit-1,".repeat(101)}digit-1`);
      expect(many.status).to.equal(400);
      const names = Array.from({ length: 100 }, () => "company-name").join(",");
      const long = await admin.get(`/api/prompt-sequence?client=shop&locale=ja&ids=${names}`);
      expect([long.status, long.json["prompt"]], "no conversation").to.deep.equal([422, "too_long"]);
    });
  });

  describe("a recording", () => {
    it("becomes the current version, and is audited with it", async () => {
      const answer = await send(await mp3Of(speechLike(1, 1, RATE)), "name=声.mp3&text=こちらは、山田です。");
      expect(answer.status, answer.text).to.equal(201);
      expect(answer.json).to.include({ version: 1, origin: "recording", text: "こちらは、山田です。" });
      expect(answer.json).to.include({ source_name: "声.mp3", created_by: "佐藤", current: true });
      expect(await audit()).to.deep.equal([
        '佐藤 prompt.changed ja/company-name {"client":"default","version":"1","origin":"recording"}',
      ]);
      expect((await verifyAudit(fixture.store.read, fixture.store.vault)).brokenAt).to.equal(null);
    });

    for (const [name, args] of [
      ["M4A", ["-b:a", "160k", "-movflags", "frag_keyframe+empty_moov", "-f", "ipod"]],
      ["Ogg", ["-c:a", "libopus", "-b:a", "128k", "-f", "ogg"]],
      ["FLAC", ["-f", "flac"]],
    ] as const) {
      it(`may be ${name}`, async () => {
        expect((await send(await encodedBy(recording(4), args))).status).to.equal(201);
        expect(soundsLike(await admin.get(`${NAME}/sound`), 4)).to.equal(true);
      });
    }

    it("is heard as it would be, without being kept", async () => {
      const tried = await send(recording(5), "name=a.wav", `${NAME}/recording/try`);
      expect(soundsLike(tried, 5)).to.equal(true);
      expect(await entry("locale=ja")).to.include({ source: "shipped" });
      expect(await audit()).to.deep.equal([]);
    });

    const silence = (): Buffer => wavOf(new Float64Array(RATE));
    for (const [what, bytes, code] of [
      ["empty", () => Buffer.alloc(0), "not_audio"],
      ["a text that is called .wav", () => Buffer.from("This is no sound.\n".repeat(50)), "not_audio"],
      ["a picture", () => Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ", "base64"), "not_audio"],
      ["too long", () => wavOf(speechLike(1, 61, 8000), 8000), "too_long"],
      ["too short", () => wavOf(speechLike(1, 0.1, RATE)), "too_short"],
      ["silent", silence, "silent"],
      ["too loud", () => wavOf(speechLike(1, 1, RATE, 0.5).map((x) => Math.sign(x))), "clipped"],
      ["huge", () => Buffer.alloc(20_000_001), "file_too_large"],
    ] as const) {
      it(`is refused when it is ${what}, and nothing is kept`, async () => {
        const answer = await send(bytes());
        expect([answer.status, answer.json["code"], answer.json["prompt"]]).to.deep.equal([
          422,
          "prompt_refused",
          code,
        ]);
        expect(await entry("locale=ja")).to.include({ source: "shipped" });
        expect(await readdir(fixture.versionsDir).catch(() => [])).to.deep.equal([]);
        expect(await audit()).to.deep.equal([]);
      });
    }

    it("is given up at 20 MB where its length was not told, and the next is taken", async () => {
      const headers = { "sec-fetch-site": "same-origin", "content-type": "application/octet-stream" };
      const chunked = { ...headers, "transfer-encoding": "chunked" };
      const huge = await admin.ask("POST", `${NAME}/recording?name=a`, Buffer.alloc(25_000_000), chunked);
      expect([huge.status, huge.json["prompt"]]).to.deep.equal([422, "file_too_large"]);
      expect((await send(recording(1))).status).to.equal(201);
    });

    it("is refused as another type of body, compressed, without a name, with a path or a wrong text", async () => {
      const { text } = await send(recording(1), "name=..%2Fa.wav");
      expect(text).to.include("path_in_name");
      expect((await send(recording(1), "")).status).to.equal(400);
      expect((await send(recording(1), "name=a%00")).status).to.equal(400);
      const lacks = await send(recording(1), "name=a&text=番号を。", "/api/prompts/ja/ask-code/recording");
      expect(lacks.json["prompt"]).to.equal("text_lacks_piece");
      const same = { "sec-fetch-site": "same-origin" };
      const other = { ...same, "content-type": "text/plain" };
      expect((await admin.ask("POST", `${NAME}/recording?name=a`, recording(1), other)).status).to.equal(415);
      const packed = { ...same, "content-type": "application/octet-stream", "content-encoding": "gzip" };
      expect((await admin.ask("POST", `${NAME}/recording?name=a`, recording(1), packed)).status).to.equal(
        415,
      );
      expect((await admin.post(`${NAME}/recording?name=a`, { a: 1 })).status).to.equal(415);
      for (const [id, code] of [
        ["pause-short", "prompt_is_silence"],
        ["apology", "prompt_is_fixed"],
      ]) {
        const fixed = await send(recording(1), "name=a", `/api/prompts/ja/${id}/recording`);
        expect(fixed.json["prompt"]).to.equal(code);
      }
      expect(await audit()).to.deep.equal([]);
    });

    it("of many at one time: each is made, or told to come again", async () => {
      const answers = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((seed) => send(recording(seed))));
      const made = answers.filter(({ status }) => status === 201);
      expect(made.length).to.be.at.least(1);
      expect(answers.filter(({ status }) => ![201, 503].includes(status))).to.deep.equal([]);
      const { json } = await admin.get(NAME);
      expect((json["versions"] as Json[]).map(({ version }) => version)).to.have.length(made.length);
      expect((await send(recording(9))).status).to.equal(201);
    });
  });

  describe("a text", () => {
    it("waits for its sound, and is given up", async () => {
      expect((await admin.ask("PUT", `${NAME}/text`, { text: "山田です。" })).status).to.equal(204);
      expect(await entry("locale=ja")).to.include({ draft: "山田です。", source: "shipped" });
      expect((await admin.ask("DELETE", `${NAME}/text`)).status).to.equal(204);
      expect(await entry("locale=ja")).to.include({ draft: null });
      await admin.ask("PUT", `${NAME}/text`, { text: "山田です。", client: "shop" });
      expect(await entry("locale=ja")).to.include({ draft: null });
      expect((await send(recording(1), "name=a.wav&client=shop")).json["text"]).to.equal("山田です。");
      expect(await audit()).to.deep.equal([
        '佐藤 prompt.text_changed ja/company-name {"client":"default"}',
        '佐藤 prompt.text_changed ja/company-name {"client":"default","text":"dropped"}',
        '佐藤 prompt.text_changed ja/company-name {"client":"shop-name"}',
        '佐藤 prompt.changed ja/company-name {"client":"shop-name","version":"1","origin":"recording"}',
      ]);
    });

    it("is refused when it is empty, long, or does not say what it must", async () => {
      for (const [id, text, code] of [
        ["company-name", " ", "text_invalid"],
        ["company-name", "あ".repeat(501), "text_invalid"],
        ["company-name", "a\nb", "text_invalid"],
        ["ask-code", "番号を押してください。", "text_lacks_piece"],
      ] as const) {
        const answer = await admin.ask("PUT", `/api/prompts/ja/${id}/text`, { text });
        expect(answer.json["prompt"]).to.equal(code);
      }
      expect(await audit()).to.deep.equal([]);
    });
  });

  describe("speech", () => {
    const pathBefore = process.env["PATH"];
    afterEach(() => {
      process.env["PATH"] = pathBefore;
    });

    it("is spoken by the voice program where there is one, tried first", async () => {
      const bin = path.join(fixture.versionsDir, "../bin");
      await mkdir(bin);
      await writeFile(path.join(bin, "spoken.wav"), wavOf(speechLike(6, 1, 16_000), 16_000));
      await writeFile(
        path.join(bin, "flite"),
        `#!/bin/sh\nfor last; do :; done\n/bin/cp ${bin}/spoken.wav "$last"\n`,
      );
      await chmod(path.join(bin, "flite"), 0o755);
      process.env["PATH"] = bin;
      const at = "/api/prompts/en/company-name";
      expect((await admin.get(at)).json["speech"]).to.include({ available: true });
      expect(soundsLike(await admin.post(`${at}/speech/try`, { text: "This is Acme." }), 6)).to.equal(true);
      expect((await admin.get(at)).json["versions"]).to.deep.equal([]);
      const { json } = await admin.post(`${at}/speech`, { text: "This is Acme." });
      expect(json).to.include({ version: 1, origin: "speech", text: "This is Acme." });
    });

    it("is refused where there is none", async () => {
      process.env["PATH"] = "/nowhere";
      expect((await admin.get(NAME)).json["speech"]).to.include({ available: false });
      const { json } = await admin.post(`${NAME}/speech`, {});
      expect(json["prompt"]).to.equal("speech_program_missing");
      expect(await audit()).to.deep.equal([]);
    });
  });

  it("goes back to an older version, and to none of its own", async () => {
    await send(recording(1), "name=a.wav&text=一つ目");
    await send(recording(2), "name=b.wav&text=二つ目");
    const back = await admin.post(`${NAME}/rollback`, { to: 1 });
    expect(back.json).to.include({ version: 3, restores: 1, text: "一つ目", origin: "rollback" });
    expect(soundsLike(await admin.get(`${NAME}/sound`), 1)).to.equal(true);
    expect((await admin.post(`${NAME}/rollback`, { to: 0 })).json).to.include({ restores: 0, text: null });
    expect(await entry("locale=ja")).to.include({ source: "shipped" });
    expect((await admin.post(`${NAME}/rollback`, { to: 9 })).json["prompt"]).to.equal("no_such_version");
    expect((await admin.post(`${NAME}/rollback`, { to: -1 })).status).to.equal(400);
    expect((await audit()).slice(2)).to.deep.equal([
      '佐藤 prompt.rolled_back ja/company-name {"client":"default","version":"3","to":"1"}',
      '佐藤 prompt.rolled_back ja/company-name {"client":"default","version":"4","to":"0"}',
    ]);
    const { json } = await admin.get(NAME);
    expect((json["versions"] as Json[]).map(({ version, current }) => [version, current])).to.deep.equal([
      [4, true],
      [3, false],
      [2, false],
      [1, false],
    ]);
  });

  it("finds nothing wrong, and then the sound that somebody has altered", async () => {
    const before = await admin.post("/api/prompts/check");
    const sounds = Number(before.json["sounds"]);
    expect(sounds).to.be.at.least(2 * PROMPT_IDS.length);
    expect(before.json["findings"]).to.deep.equal([]);
    await send(recording(1), "name=a.wav&client=shop");
    const { sha256 } = await fixture.store.read
      .selectFrom("prompt_sounds")
      .select("sha256")
      .executeTakeFirstOrThrow();
    await damageSound(fixture.store, sha256, "altered");
    const { json } = await admin.post("/api/prompts/check");
    expect(json["sounds"]).to.equal(sounds + 1);
    const [found] = json["findings"] as Json[];
    expect(found).to.include({ client: "shop-name", set: "client", id: "company-name", version: 1 });
    expect((found?.["faults"] as Json[])[0]).to.include({ code: "file_altered" });
  });

  it("is listened to by a viewer, who changes nothing; and neither without a session", async () => {
    const { browser: viewer } = await fixture.person("suzuki", "viewer");
    const { browser: operator } = await fixture.person("tanaka", "operator");
    const nobody = fixture.newBrowser();
    const looks = [
      ["GET", "/api/prompts?locale=ja"],
      ["GET", NAME],
      ["GET", `${NAME}/sound`],
      ["GET", "/api/prompt-sequence?locale=ja&ids=greeting"],
      ["POST", "/api/prompts/check"],
    ] as const;
    const changes = [
      ["POST", `${NAME}/recording?name=a.wav`, recording(1)],
      ["POST", `${NAME}/recording/try?name=a.wav`, recording(1)],
      ["POST", `${NAME}/speech`, {}],
      ["POST", `${NAME}/speech/try`, {}],
      ["PUT", `${NAME}/text`, { text: "x" }],
      ["DELETE", `${NAME}/text`, undefined],
      ["POST", `${NAME}/rollback`, { to: 0 }],
    ] as const;
    for (const [method, at] of looks) {
      expect((await viewer.ask(method, at)).status, at).to.equal(200);
      expect((await nobody.ask(method, at)).status, at).to.equal(401);
    }
    for (const [method, at, body] of changes) {
      expect((await viewer.ask(method, at, body)).status, at).to.equal(403);
      expect((await operator.ask(method, at, body)).status, at).to.equal(403);
      expect((await nobody.ask(method, at, body)).status, at).to.equal(401);
      const elsewhere = { "sec-fetch-site": "cross-site" };
      expect((await admin.ask(method, at, body, elsewhere)).json["code"], at).to.equal("cross_site");
    }
    expect(await entry("locale=ja")).to.include({ source: "shipped", draft: null });
    expect(await audit()).to.deep.equal([]);
  });
});
