import { expect } from "chai";
import { decodeJwt } from "jose";
import { readFile, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { Receipts } from "../../src/receipts/receipts.js";
import { insertVerification } from "../../src/store/verifications.js";
import { addEnded } from "../receipts/ended-rows.js";
import { StoreFixture } from "../support/store-fixture.js";
import { tempDir } from "../support/temp-dir.js";
import { verificationRow } from "../support/verification-rows.js";
import { HonninCommand, type Outcome, setUp } from "./honnin-command.js";

describe("honnin receipt", () => {
  let fixture: StoreFixture;
  const honnin = (...args: string[]): Promise<Outcome> =>
    HonninCommand.run(fixture.dir, ["receipt", ...args]);
  const file = (name: string): string => path.join(fixture.dir, name);

  before(async () => {
    await setUp();
    fixture = await StoreFixture.open(["shop"], Date.now());
    const { store } = fixture;
    await addEnded(store, "shop", "order-1", Date.now());
    await store.write((db) => insertVerification(db, verificationRow(store, "shop", "open", Date.now())));
    await writeFile(file("jwks.json"), JSON.stringify(await new Receipts(store, Date.now).published()));
    const shown = await honnin("show", "order-1");
    expect(shown.code, shown.stderr).to.equal(0);
    await writeFile(file("receipt.jwt"), shown.stdout);
  });
  after(() => fixture.close());

  it("shows none of what has not ended", async () => {
    const { code, stderr } = await honnin("show", "open");
    expect([code, stderr]).to.deep.equal([1, "open: まだ終了していません / it has not ended yet\n"]);
  });

  it("verifies by its own keys, by those of a file, and where there is no installation", async () => {
    const receipt = (await readFile(file("receipt.jwt"), "utf8")).trim();
    const own = await honnin("verify", "receipt.jwt", "--lang", "en");
    expect([own.code, own.stderr]).to.deep.equal([0, "The receipt is valid.\n"]);
    expect(own.stdout).to.match(/^status +verified$/m);
    await writeFile(file("answer.json"), JSON.stringify({ receipt }));
    const json = await honnin("verify", "answer.json", "--jwks", "jwks.json", "--json");
    expect(JSON.parse(json.stdout)).to.deep.include({ valid: true, claims: decodeJwt(receipt) });
    const elsewhere = await tempDir();
    try {
      const { code, stderr } = await HonninCommand.run(elsewhere.path, [
        ...["receipt", "verify", file("receipt.jwt"), "--jwks", file("jwks.json"), "--lang", "ja"],
      ]);
      expect([code, stderr]).to.deep.equal([0, "正しい認証証明です。\n"]);
      const unknown = await HonninCommand.run(elsewhere.path, ["receipt", "verify", file("receipt.jwt")]);
      expect(unknown.code).to.equal(1);
      expect(unknown.stderr).to.contain("[unknown_key]");
    } finally {
      await elsewhere.remove();
    }
  });

  it("names what is wrong, and what cannot be read, without reading all of it", async () => {
    const receipt = (await readFile(file("receipt.jwt"), "utf8")).trim();
    await writeFile(
      file("changed.jwt"),
      receipt.replace(/.$/, (last) => (last === "A" ? "Q" : "A")),
    );
    await writeFile(file("huge"), "");
    await truncate(file("huge"), 1e9);
    for (const [args, code, said] of [
      [["changed.jwt"], 1, "[changed]"],
      [["jwks.json"], 1, "[not_a_receipt]"],
      [["receipt.jwt", "--audience", "other"], 1, "[wrong_audience]"],
      [["receipt.jwt", "--issuer", "other"], 1, "[wrong_issuer]"],
      [["."], 2, "EISDIR"],
      [["none.jwt"], 2, "ENOENT"],
      [["huge"], 2, "64 KiB"],
      [["receipt.jwt", "--jwks", "huge"], 2, "256 KiB"],
      [["receipt.jwt", "--jwks", "receipt.jwt"], 2, "JWKS"],
      [["receipt.jwt", "--jwks", "http://127.0.0.1/jwks.json"], 2, "https:"],
      [["receipt.jwt", "--jwks", "https://127.0.0.1:1/jwks.json"], 4, "127.0.0.1:1"],
    ] as const) {
      const outcome = await honnin("verify", ...args);
      expect([outcome.code, outcome.stderr.includes(said)], outcome.stderr).to.deep.equal([code, true]);
    }
  });

  it("rotates and revokes, and lists what became of each key", async () => {
    const rotated = await honnin("rotate");
    expect(rotated.code, rotated.stderr).to.equal(0);
    const next = rotated.stdout.trim();
    const listed = async (): Promise<Record<string, string>[]> =>
      JSON.parse((await honnin("keys", "--json")).stdout) as Record<string, string>[];
    const [first] = await listed();
    expect((await listed()).map(({ state }) => state)).to.deep.equal(["signs", "next"]);
    expect((await honnin("revoke", String(first?.["kid"]))).code).to.equal(0);
    expect((await listed()).map(({ kid, state }) => [kid, state])).to.deep.equal([
      [first?.["kid"], "revoked"],
      [next, "signs"],
    ]);
    expect((await honnin("verify", "receipt.jwt")).stderr).to.contain("[unknown_key]");
    expect((await honnin("revoke", "none")).code).to.equal(1);
  });
});
