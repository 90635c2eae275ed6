import { expect } from "chai";
import { insertAttempt } from "../../src/store/attempts.js";
import { insertClient } from "../../src/store/clients.js";
import { insertVerification } from "../../src/store/verifications.js";
import { CallStory } from "../../src/verification/call-story.js";
import { Store } from "../../src/store/store.js";
import { tempDir } from "../support/temp-dir.js";
import { verificationRow } from "../support/verification-rows.js";
import { HonninCommand, type Outcome, setUp } from "./honnin-command.js";

const WHOLE = /9012345678/;
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe("honnin trace and honnin verifications", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;
  const now = Date.parse("2026-11-27T03:00:00Z");

  before(setUp);

  beforeEach(async () => {
    dir = await tempDir();
    const store = await Store.open(dir.path);
    await store.write(async (db) => {
      for (const id of ["shop", "bank"])
        await insertClient(db, { id: `cli_${id}`, name: id, created_at: now });
    });
    await add(store, "cli_shop", "order-1", now);
    await add(store, "cli_shop", "order-2", now + 60_000, { status: "failed", reason: "wrong_code" });
    await add(store, "cli_bank", "reset-1", now + 120_000);
    await call(store, "order-2");
    await store.close();
  });

  afterEach(async () => {
    await dir.remove();
  });

  async function add(store: Store, client: string, id: string, at: number, change = {}): Promise<void> {
    await store.write((db) =>
      insertVerification(db, { ...verificationRow(store, client, id, at), ...change }),
    );
  }

  /** The person keyed a wrong code and was told so. */
  async function call(store: Store, id: string): Promise<void> {
    const { seq } = await store.read
      .selectFrom("verifications")
      .select("seq")
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
    const at = now + 61_000;
    await store.write((db) =>
      insertAttempt(db, {
        id: "call-1",
        verification_seq: seq,
        direction: "outbound",
        trunk: "sbc",
        started_at: at,
        answered_at: at + 4_000,
      }),
    );
    const story = new CallStory();
    story.said(at + 5_000, ["greeting", "ask-code"]);
    for (let key = 0; key < 6; key += 1) story.key(at + 9_000 + key);
    story.ruled(at + 10_000, { kind: "failed", reason: "wrong_code" });
    await store.write((db) =>
      db
        .updateTable("attempts")
        .set({ ended_at: at + 14_000, outcome: "answered", q850_cause: 16, story: story.end("us") })
        .where("id", "=", "call-1")
        .execute(),
    );
  }

  const honnin = (...args: readonly string[]): Promise<Outcome> => HonninCommand.run(dir.path, args);

  async function ok(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await honnin(...args);
    expect(code, stderr).to.equal(0);
    return stdout;
  }

  it("tells the whole story, in the words of the console, in both languages, with the number masked", async () => {
    const english = await ok("trace", "order-2", "--lang", "en");
    for (const words of [
      "Registered",
      "Call placed",
      "Answered",
      "Guidance played",
      "6 keys pressed",
      "wrong code",
      "Trunk: sbc",
    ]) {
      expect(english).to.contain(words);
    }
    expect(english)
      .to.contain("Q.850 cause: 16 (normal call clearing)")
      .and.contain("+81********78")
      .and.not.match(WHOLE);
    const japanese = await ok("trace", "order-2", "--lang", "ja");
    for (const words of [
      "登録されました",
      "発信しました",
      "キーが6回押されました",
      "コードの誤り",
      "正常切断",
      "トランク: sbc",
    ]) {
      expect(japanese).to.contain(words);
    }
    expect(japanese).not.to.match(WHOLE);
  });

  it("goes by the language of the terminal", async () => {
    const { stdout } = await HonninCommand.run(dir.path, ["trace", "order-2"], { LC_ALL: "ja_JP.UTF-8" });
    expect(stdout).to.contain("登録されました");
    const other = await HonninCommand.run(dir.path, ["trace", "order-2"], { LC_ALL: "C" });
    expect(other.stdout).to.contain("Registered");
    expect((await honnin("trace", "order-2", "--lang", "fr")).code).to.equal(2);
  });

  it("shows the number for a reason alone, and the audit trail keeps it", async () => {
    expect((await honnin("trace", "order-2", "--reveal")).code).to.equal(2);
    expect((await honnin("trace", "order-2", "--reason", "case 1")).code).to.equal(2);
    expect(JSON.parse(await ok("audit", "list", "--json"))).to.deep.equal([]);
    expect(await ok("trace", "order-2", "--reveal", "--reason", "case 1234")).to.match(WHOLE);
    const [line] = JSON.parse(await ok("audit", "list", "--json")) as Record<string, unknown>[];
    expect(line).to.deep.include({ act: "number.revealed", actor: "command", target: "order-2" });
    expect(line?.["details"]).to.deep.equal({ reason: "case 1234", client: "cli_shop" });
    const text = await ok("verifications", "show", "order-2", "--json", "--reveal", "--reason", "x");
    expect((JSON.parse(text) as { number: string }).number).to.match(WHOLE);
  });

  it("says that there is none, and whose there are where two clients have one of that id", async () => {
    const none = await honnin("trace", "order-9");
    expect(none.code).to.equal(1);
    expect(none.stderr).to.contain("there is no verification order-9");
    const store = await Store.open(dir.path);
    await add(store, "cli_bank", "order-2", now);
    await store.close();
    const both = await honnin("trace", "order-2");
    expect(both.code).to.equal(2);
    expect(both.stderr).to.contain("shop").and.contain("bank").and.contain("--client");
    expect(await ok("trace", "order-2", "--client", "bank", "--lang", "en")).to.contain("bank");
  });

  it("lists by client, status, reason, number and time, page by page, with every time by RFC 3339", async () => {
    const listed = async (...args: readonly string[]): Promise<string[]> => {
      const { data } = JSON.parse(await ok("verifications", "list", "--json", ...args)) as {
        data: { id: string }[];
      };
      return data.map(({ id }) => id);
    };
    expect(await listed("--client", "shop")).to.deep.equal(["order-2", "order-1"]);
    expect(await listed("--status", "failed", "--reason", "wrong_code")).to.deep.equal(["order-2"]);
    expect(await listed("--number", "090-1234-5678")).to.have.lengthOf(3);
    expect(await listed("--number", "090-1234-0000")).to.deep.equal([]);
    expect(await listed("--created-after", "2026-11-27T12:01:30+09:00")).to.deep.equal(["reset-1"]);
    expect(await listed("--created-before", "2026-11-27T12:00:30+09:00")).to.deep.equal(["order-1"]);
    const text = await ok("verifications", "list", "--json", "--limit", "2");
    expect(text).not.to.match(WHOLE);
    const page = JSON.parse(text) as { data: { created_at: string }[]; next_cursor: string };
    for (const { created_at } of page.data) expect(created_at).to.match(RFC_3339);
    expect(await listed("--limit", "2", "--cursor", page.next_cursor)).to.deep.equal(["order-1"]);
  });

  it("refuses filters that it does not understand", async () => {
    for (const args of [
      ["--status", "done"],
      ["--number", "abc"],
      ["--created-after", "yesterday"],
      ["--limit", "201"],
      ["--cursor", "made-up"],
    ]) {
      expect((await honnin("verifications", "list", ...args)).code, args.join(" ")).to.equal(2);
    }
  });

  it("suggests the client that was meant, and makes none", async () => {
    for (const command of [
      ["verifications", "list", "--client", "shpo"],
      ["client", "show", "shpo"],
      ["webhooks", "show", "--client", "shpo"],
    ]) {
      const { code, stderr } = await honnin(...command);
      expect(code, command.join(" ")).to.equal(1);
      expect(stderr).to.contain("no client is named shpo (did you mean shop?)");
    }
    expect(JSON.parse(await ok("client", "list", "--json"))).to.have.lengthOf(2);
  });

  it("shows a table without colours where no terminal is", async () => {
    const table = await ok("verifications", "show", "order-2", "--lang", "en");
    expect(table).to.contain("failed (wrong code)").and.contain("answered").and.not.contain("\u001b[");
  });
});
