import { expect } from "chai";
import { setImmediate as turn } from "node:timers/promises";
import { listAudit } from "../../src/store/audit.js";
import { CALL_LIMITS, LIMITS } from "../support/api-fixture.js";
import { poll, PATIENCE_MS } from "../phones/waiting.js";
import type { ConsoleAnswer, ConsoleBrowser } from "./console-browser.js";
import { ConsoleFixture } from "./console-fixture.js";

const MOST_BYTES = 5 * 1024 * 1024;
/** Numbers of mobile telephones, one after another. */
const mobile = (nth: number): string => `090${String(10_000_000 + nth)}`;

describe("enrollments of a client, in the console", () => {
  let fixture: ConsoleFixture;
  let admin: ConsoleBrowser;
  let path: string;
  let files: string;
  const begin = async (limits: Partial<typeof CALL_LIMITS> = {}, dids?: readonly string[]): Promise<void> => {
    fixture = await ConsoleFixture.start("127.0.0.1", {
      clients: {
        limits: { ...LIMITS, calls: { ...CALL_LIMITS, ...limits } },
        ...(dids === undefined ? {} : { dids }),
      },
    });
    admin = (await fixture.person("kanri", "admin")).browser;
    const made = await admin.post("/api/clients", { name: "shop" });
    path = `/api/clients/${String(made.json["id"])}/enrollments`;
    files = `/api/clients/${String(made.json["id"])}/enrollment-files`;
  };
  const anew = async (limits: Partial<typeof CALL_LIMITS>, dids?: readonly string[]): Promise<void> => {
    await fixture.stop();
    await begin(limits, dids);
  };
  const found = async (sought: object = {}): Promise<Record<string, unknown>[]> =>
    (await admin.post(`${path}/search`, sought)).json["enrollments"] as Record<string, unknown>[];
  const count = async (): Promise<number> =>
    (await fixture.store.read.selectFrom("enrollments").select("seq").execute()).length;
  const trail = async (): Promise<string[]> =>
    (await listAudit(fixture.store.read, { limit: 100 }))
      .filter(({ act }) => act.startsWith("enrollment."))
      .map(({ act, target, details }) => `${act} ${target} ${details}`)
      .reverse();
  const fields = ({ json }: ConsoleAnswer): unknown[] =>
    ((json["errors"] ?? []) as { field: string }[]).map(({ field }) => field);

  beforeEach(() => begin());
  afterEach(() => fixture.stop());

  describe("one", () => {
    it("is made, shown with its number masked, and ended; the trail has neither number nor PIN", async () => {
      const made = await admin.post(path, { phone_number: "090-1234-5678", pin: "48151", id: "member-1" });
      expect(made.status).to.equal(201);
      expect(made.json).to.include({ id: "member-1", number: "+81********78", has_pin: true, dids: null });
      expect(await found()).to.deep.equal([made.json]);
      expect((await admin.ask("DELETE", `${path}/member-1`)).status).to.equal(204);
      expect((await admin.ask("DELETE", `${path}/member-1`)).status).to.equal(404);
      expect(await found()).to.deep.equal([]);
      expect(await trail()).to.deep.equal([
        'enrollment.created member-1 {"client":"shop"}',
        'enrollment.ended member-1 {"client":"shop"}',
      ]);
      expect(made.text + (await trail()).join() + fixture.logged()).not.to.match(/12345678|48151/);
    });

    it("is found by its number however it is spelled, and by its id", async () => {
      await admin.post(path, { phone_number: "09012345678", id: "a" });
      await admin.post(path, { phone_number: "09012345679", id: "b" });
      const ids = async (sought: object): Promise<unknown[]> => (await found(sought)).map(({ id }) => id);
      expect(await ids({})).to.deep.equal(["b", "a"]);
      expect(await ids({ phone_number: "＋81 90 1234 5678" })).to.deep.equal(["a"]);
      expect(await ids({ id: "b" })).to.deep.equal(["b"]);
      expect(await ids({ id: "b", phone_number: "09012345678" })).to.deep.equal([]);
      expect(await ids({ phone_number: "09087654321" })).to.deep.equal([]);
      expect(fields(await admin.post(`${path}/search`, { phone_number: "abc" }))).to.deep.equal([
        "phone_number",
      ]);
    });

    it("is refused where its fields are wrong, each named, no value repeated", async () => {
      const answer = await admin.post(path, { phone_number: "0120000000", dids: ["0399999999"] });
      expect(fields(answer)).to.deep.equal(["phone_number", "dids.0"]);
      expect(answer.text).not.to.include("0120000000");
      const bad = await admin.post(path, { phone_number: "09012345678", pin: "12a4", id: "x y" });
      expect(fields(bad)).to.have.members(["pin", "id"]);
      expect(bad.text).not.to.include("12a4");
      expect(await count()).to.equal(0);
    });

    it("is refused where the id is there already, with the same content or other", async () => {
      for (const phone_number of ["09012345678", "09012345678", "09012345679"]) {
        const answer = await admin.post(path, { phone_number, id: "a" });
        expect([201, 409]).to.include(answer.status);
      }
      expect((await admin.post(path, { phone_number: "09012345678", id: "a" })).json["code"]).to.equal(
        "id_taken",
      );
      expect(await count()).to.equal(1);
    });

    it("is held to the client's settings and limits", async () => {
      await anew({ enrollments: 1 });
      await admin.post(path, { phone_number: "09012345678" });
      const second = await admin.post(path, { phone_number: "09012345679" });
      expect([second.status, second.json["code"]]).to.deep.equal([422, "limit_reached"]);
      const settings = path.replace(/enrollments$/, "settings");
      await admin.ask("PATCH", settings, { settings: { methods: "keypad" } });
      const plain = await admin.post(path, { phone_number: "09012345679" });
      expect([plain.status, plain.json["code"]]).to.deep.equal([403, "not_permitted"]);
    });

    it("is refused where no calls arrive", async () => {
      await anew({}, []);
      expect((await admin.post(path, { phone_number: "09012345678" })).json["code"]).to.equal("no_did");
      expect((await upload(`phone_number\n${mobile(1)}\n`)).problems).to.deep.equal([
        { line: null, reason: "no_did" },
      ]);
    });

    it("is listed by pages", async () => {
      await take(`phone_number\n${Array.from({ length: 120 }, (_, nth) => mobile(nth)).join("\n")}`);
      const ids = new Set<unknown>();
      let before: unknown = null;
      let pages = 0;
      do {
        const page = await admin.post(`${path}/search`, before === null ? {} : { before });
        for (const { id } of page.json["enrollments"] as { id: string }[]) ids.add(id);
        before = page.json["next_before"];
        pages += 1;
      } while (before !== null);
      expect([ids.size, pages]).to.deep.equal([120, 3]);
    });
  });

  interface File {
    readonly import: { readonly id: string; readonly total: number; readonly with_pin: number } | null;
    readonly problems: readonly { readonly line: number | null; readonly reason: string }[];
    readonly problem_count: number;
  }
  async function upload(bytes: Buffer | string): Promise<File> {
    return (await admin.upload(files, bytes)).json as unknown as File;
  }
  async function ended(id: string): Promise<Record<string, unknown>> {
    let state: Record<string, unknown> = {};
    await poll(
      async () => {
        state = (await admin.get(`${files}/${id}`)).json;
        return state["state"] === "done" || state["state"] === "failed";
      },
      PATIENCE_MS,
      "the end of the file",
    );
    return state;
  }
  async function take(bytes: Buffer | string): Promise<Record<string, unknown>> {
    const file = await upload(bytes);
    expect(file.problems).to.deep.equal([]);
    const { id } = file.import!;
    expect((await admin.post(`${files}/${id}/start`)).status).to.equal(202);
    return ended(id);
  }

  describe("a file", () => {
    it("is looked at whole and then taken, in batches that the trail has, without numbers or PINs", async () => {
      const lines = Array.from({ length: 450 }, (_, nth) => `${mobile(nth)},m${String(nth)},48151`);
      const text = ["phone_number,id,pin", ...lines].join("\r\n");
      const file = await upload(text);
      expect(file).to.deep.include({ problems: [], problem_count: 0 });
      expect(file.import).to.include({ total: 450, with_pin: 450 });
      expect(await count()).to.equal(0);
      await admin.post(`${files}/${file.import!.id}/start`);
      expect(await ended(file.import!.id)).to.include({ state: "done", created: 450, already: 0, done: 450 });
      expect(await count()).to.equal(450);
      expect(await trail()).to.deep.equal([
        'enrollment.imported shop {"created":"200","lines":"2-201"}',
        'enrollment.imported shop {"created":"200","lines":"202-401"}',
        'enrollment.imported shop {"created":"50","lines":"402-451"}',
      ]);
      expect(JSON.stringify(file) + (await trail()).join() + fixture.logged()).not.to.match(/48151|0901/);
      expect((await found({ id: "m7" }))[0]).to.include({ has_pin: true, number: "+81********07" });
    });

    it("enrolls as the API does: a file of what is there already changes nothing", async () => {
      await admin.post(path, { phone_number: mobile(1), id: "a", pin: "48151", metadata: { plan: "金" } });
      await admin.post(path, { phone_number: mobile(2) });
      const text = `phone_number,id,pin,metadata.plan\n${mobile(1)},a,48151,金\n${mobile(2)},,,\n${mobile(3)},,,\n`;
      expect(await take(text)).to.include({ created: 1, already: 2 });
      expect(await take(text)).to.include({ created: 0, already: 3 });
      expect(await count()).to.equal(3);
    });

    it("may be as a Japanese Excel writes it: Shift_JIS, CRLF, Japanese heads, commas alone, days", async () => {
      const heads = ["電話番号", "有効期限", "着信番号"].map((name) => encodeShiftJis(name));
      const rest = Buffer.from(`\r\n${mobile(1)},2027/3/31,03-1234-0000\r\n,,\r\n\r\n`);
      const comma = Buffer.from(",");
      await take(Buffer.concat([heads[0]!, comma, heads[1]!, comma, heads[2]!, rest]));
      expect((await found())[0]).to.include({ expires_at: "2027-03-31T15:00:00.000Z" });
      expect((await found())[0]!["dids"]).to.deep.equal(["+81312340000"]);
    });

    it("may have a byte order mark, quotes, line breaks in values, and its lines are counted all the same", async () => {
      const text = `\uFEFFphone_number,metadata.note\r\n"${mobile(1)}","a\r\nb ""c"""\r\n${mobile(1)},\r\n`;
      expect((await upload(text)).problems).to.deep.equal([{ line: 4, reason: "number_twice" }]);
    });

    const N = mobile(1);
    const bad: readonly (readonly [
      what: string,
      text: string | Buffer,
      line: number | null,
      reason: string,
    ])[] = [
      ["nothing in it", "", null, "empty"],
      ["a head alone", "phone_number\n\n", null, "empty"],
      ["no head", `${N}\n${mobile(2)}\n`, 1, "no_number_column"],
      ["other columns", "name,address\na,b\n", 1, "no_number_column"],
      ["no column of numbers", "id,pin\na,1234\n", 1, "no_number_column"],
      ["one column too many", `phone_number,note\n${N},x\n`, 1, "unknown_column"],
      ["a column twice", `phone_number,pin,PIN\n${N},1234,1234\n`, 1, "column_twice"],
      ["semicolons", `phone_number;pin\n${N};1234\n`, 1, "no_number_column"],
      ["UTF-16", Buffer.from(`\uFEFFphone_number\n${N}`, "utf16le"), null, "encoding"],
      ["a picture", Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"), null, "encoding"],
      ["a quote that never ends", `phone_number,id\n${N},"a\n${mobile(2)},b\n`, 2, "quote_open"],
      ["a long quote that never ends", `phone_number,id\n${N},"${"a\n".repeat(20_000)}`, 2, "line_too_long"],
      ["a quote in the middle", `phone_number,id\n${N},a"b"\n`, 2, "quote_wrong"],
      ["something after a quote", `phone_number,id\n${N},"a"b\n`, 2, "quote_wrong"],
      ["a line that is shorter", `phone_number,id\n${N}\n`, 2, "columns_differ"],
      ["a line that is longer", `phone_number\n${N},a\n`, 2, "columns_differ"],
      ["no number in a line", "phone_number,id\n,a\n", 2, "number_missing"],
      ["a number that is none", "phone_number\n0901234567\n", 2, "number_invalid"],
      ["a number in a sum's spelling", "phone_number\n9.01E+09\n", 2, "number_invalid"],
      ["a toll-free number", "phone_number\n0120123456\n", 2, "number_special"],
      ["an emergency number", "phone_number\n110\n", 2, "number_special"],
      ["a number twice", `phone_number\n${N}\n+81${N.slice(1)}\n`, 3, "number_twice"],
      ["an id twice", `phone_number,id\n${N},a\n${mobile(2)},a\n`, 3, "id_twice"],
      ["an id that is none", `phone_number,id\n${N},a/b\n`, 2, "id_invalid"],
      ["an id that a path cannot have", `phone_number,id\n${N},..\n`, 2, "id_invalid"],
      ["a PIN of letters", `phone_number,pin\n${N},secret\n`, 2, "pin_invalid"],
      ["a PIN too short", `phone_number,pin\n${N},123\n`, 2, "pin_invalid"],
      ["another's DID", `phone_number,dids\n${N},0399999999\n`, 2, "dids_unknown"],
      ["a day that is none", `phone_number,expires_at\n${N},2027-02-31\n`, 2, "expiry_invalid"],
      ["a day in words", `phone_number,expires_at\n${N},soon\n`, 2, "expiry_invalid"],
      ["a day that is over", `phone_number,expires_at\n${N},2026-11-26\n`, 2, "expiry_past"],
      ["another language", `phone_number,locale\n${N},fr\n`, 2, "locale_unknown"],
      ["a value too long", `phone_number,metadata.a\n${N},${"x".repeat(513)}\n`, 2, "metadata_invalid"],
      ["a formula", `phone_number,metadata.a\n${N},=HYPERLINK("x")\n`, 2, "quote_wrong"],
      ["a formula in quotes", `phone_number,metadata.a\n${N},"=HYPERLINK(""x"")"\n`, 2, "formula"],
      ["a formula by @", `phone_number,metadata.a\n${N},@SUM(A1)\n`, 2, "formula"],
      ["a formula by +", `phone_number,metadata.a\n${N},+1+2\n`, 2, "formula"],
      ["a number as a formula", `phone_number\n"=""${N}"""\n`, 2, "formula"],
    ];
    for (const [what, text, line, reason] of bad) {
      it(`with ${what} is refused whole: ${reason}`, async () => {
        const file = await upload(text);
        expect(file.import).to.equal(null);
        expect(file.problems[0]).to.deep.equal({ line, reason });
        expect(await count()).to.equal(0);
        expect(JSON.stringify(file)).not.to.match(/secret|HYPERLINK/);
      });
    }

    it("tells all that is wrong, the first hundred by line", async () => {
      const file = await upload(`phone_number,pin\n${"12,x\n".repeat(150)}`);
      expect(file.problem_count).to.equal(300);
      expect(file.problems).to.have.length(100);
      expect(file.problems.slice(0, 2)).to.deep.equal([
        { line: 2, reason: "number_special" },
        { line: 2, reason: "pin_invalid" },
      ]);
    });

    it("has 20,000 lines at most", async () => {
      const lines = (many: number): string =>
        `phone_number\n${Array.from({ length: many }, (_, nth) => mobile(nth)).join("\n")}\n`;
      expect((await upload(lines(20_001))).problems).to.deep.equal([
        { line: 20_002, reason: "too_many_lines" },
      ]);
    });

    it("has 5 MB at most, and is text/csv", async () => {
      const large = await admin.upload(files, Buffer.alloc(MOST_BYTES + 1, "a"));
      expect([large.status, large.json["code"]]).to.deep.equal([413, "body_too_large"]);
      const other = await admin.upload(files, "phone_number\n", "text/plain");
      expect([other.status, other.json["code"]]).to.deep.equal([415, "unsupported_media_type"]);
      expect((await admin.post(files, {})).status).to.equal(415);
    });

    it("lets the event loop turn while it is looked at", async () => {
      const text = `phone_number\n${Array.from({ length: 1_000 }, (_, nth) => mobile(nth)).join("\n")}\n`;
      let turns = 0;
      const over = new AbortController();
      const looked = upload(text).finally(() => {
        over.abort();
      });
      while (!over.signal.aborted) {
        await turn();
        turns += 1;
      }
      await looked;
      expect(turns).to.be.at.least(20);
    });

    it("is held to the limits, whole", async () => {
      const text = `phone_number\n${[1, 2, 3].map(mobile).join("\n")}`;
      await anew({ registrationsPerDay: 2 });
      expect((await upload(text)).problems).to.deep.equal([{ line: null, reason: "too_many_today" }]);
      await anew({ enrollments: 2 });
      expect((await upload(text)).problems).to.deep.equal([{ line: null, reason: "too_many_enrollments" }]);
      await anew({ enrollments: 3, registrationsPerDay: 3 });
      expect(await take(text)).to.include({ created: 3 });
      expect((await admin.post(path, { phone_number: mobile(4) })).json["code"]).to.equal("limit_reached");
    });

    it("is held to what the client may use", async () => {
      await admin.ask("PATCH", path.replace(/enrollments$/, "settings"), { settings: { methods: "keypad" } });
      const file = await upload(`phone_number,pin\n${mobile(1)},1234\n${mobile(2)},\n`);
      expect(file.problems).to.deep.equal([{ line: 3, reason: "not_permitted" }]);
    });

    it("says where an id is taken, also where it was taken since it was looked at", async () => {
      const text = `phone_number,id\n${mobile(1)},a\n${mobile(2)},b\n`;
      const file = await upload(text);
      await admin.post(path, { phone_number: mobile(9), id: "a" });
      expect((await upload(text)).problems).to.deep.equal([{ line: 2, reason: "id_taken" }]);
      // The second look found nothing to take; the first is still there.
      await admin.post(`${files}/${file.import!.id}/start`);
      const state = await ended(file.import!.id);
      expect(state).to.include({ state: "done", created: 1 });
      expect(state["conflicts"]).to.deep.equal([2]);
    });

    it("stops at a limit that was reached since it was looked at, and goes on when it is sent again", async () => {
      await anew({ enrollments: 3 });
      const text = `phone_number\n${[1, 2].map(mobile).join("\n")}`;
      const file = await upload(text);
      for (const nth of [7, 8]) await admin.post(path, { phone_number: mobile(nth), id: `m${String(nth)}` });
      await admin.post(`${files}/${file.import!.id}/start`);
      expect(await ended(file.import!.id)).to.include({
        ...{ state: "failed", failed_by: "too_many_enrollments", created: 0 },
      });
      await admin.ask("DELETE", `${path}/m7`);
      expect(await take(text)).to.include({ state: "done", created: 2 });
    });

    it("is begun once, is forgotten after a while, and is no other client's", async () => {
      const file = await upload(`phone_number\n${mobile(1)}\n`);
      const { id } = file.import!;
      const other = await admin.post("/api/clients", { name: "other" });
      const theirs = `/api/clients/${String(other.json["id"])}/enrollment-files/${id}`;
      expect((await admin.get(theirs)).status).to.equal(404);
      expect((await admin.post(`${theirs}/start`)).status).to.equal(404);
      const begun = await Promise.all([1, 2].map(() => admin.post(`${files}/${id}/start`)));
      expect(begun.map(({ status }) => status).sort()).to.deep.equal([202, 409]);
      await ended(id);
      fixture.now += 15 * 60_000;
      expect((await admin.get(`${files}/${id}`)).status).to.equal(404);
    });
  });
});

/** Text in Shift_JIS, by trying what the decoder makes of each pair of bytes. */
function encodeShiftJis(text: string): Buffer {
  const decoder = new TextDecoder("shift_jis");
  const wanted = new Set(text);
  const bytes = new Map<string, readonly number[]>();
  for (let first = 0x81; first <= 0xfc; first += 1) {
    for (let second = 0x40; second <= 0xfc; second += 1) {
      const character = decoder.decode(Uint8Array.of(first, second));
      if (wanted.has(character) && !bytes.has(character)) bytes.set(character, [first, second]);
    }
  }
  return Buffer.from([...text].flatMap((character) => bytes.get(character) ?? []));
}
