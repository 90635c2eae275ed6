import { expect } from "chai";
import { userInfo } from "node:os";
import { insertApiKey } from "../../src/store/api-keys.js";
import { findClientByName } from "../../src/store/clients.js";
import { Store } from "../../src/store/store.js";
import { tempDir } from "../support/temp-dir.js";
import { HonninCommand, setUp } from "./honnin-command.js";

interface Line {
  readonly actor: string;
  readonly address: string;
  readonly act: string;
  readonly target: string;
  readonly details: Readonly<Record<string, string>>;
}

describe("commands that change something", function () {
  this.timeout(240_000);
  let dir: Awaited<ReturnType<typeof tempDir>>;

  before(setUp);
  beforeEach(async () => {
    dir = await tempDir();
  });
  afterEach(() => dir.remove());

  const ok = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await HonninCommand.run(dir.path, args, { HONNIN_DIDS: "0312340000" });
    expect(code, stderr).to.equal(0);
    return stdout;
  };
  const trail = async (): Promise<Line[]> =>
    (await ok("audit", "export"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Line);

  it("stand in the audit trail with the user of the machine, and without secrets", async () => {
    const { key, id } = JSON.parse(
      await ok("key", "create", "--client", "shop", "--label", "till", "--json"),
    ) as { key: string; id: string };
    await ok("client", "set", "shop", "max_calls=3", "dids=0312340000");
    const url = "https://hooks.example.com/secret-path";
    const secret = await ok("webhooks", "set", "--client", "shop", "--url", url);
    await ok("webhooks", "rotate", "--client", "shop");
    await ok("webhooks", "disable", "--client", "shop");
    await ok("prompts", "text", "company-name", "こちらは、ほんにん商店です。", "--client", "shop");
    await ok("prompts", "text", "company-name", "--drop", "--client", "shop");
    await ok("key", "revoke", id);
    const lines = await trail();
    expect(new Set(lines.map(({ actor, address }) => `${actor} ${address}`))).to.deep.equal(
      new Set([`cli:${userInfo().username} local`]),
    );
    expect(lines.map(({ act, target }) => `${act} ${target}`)).to.deep.equal([
      "client.created shop",
      `key.created ${id}`,
      "client.settings_changed shop",
      "webhook.set shop",
      "webhook.rotated shop",
      "webhook.disabled shop",
      "prompt.text_changed ja/company-name",
      "prompt.text_changed ja/company-name",
      `key.revoked ${id}`,
    ]);
    expect(lines[2]?.details).to.deep.equal({ settings: "dids, max_calls" });
    expect(lines[3]?.details).to.deep.equal({ host: "hooks.example.com" });
    const all = JSON.stringify(lines);
    for (const hidden of [key, secret.trim(), "secret-path"]) expect(all).not.to.include(hidden);
    expect(await ok("audit", "verify", "--json")).to.include('"broken_at": null');
  });

  it("that were refused do not", async () => {
    await ok("client", "create", "shop");
    const refused = ["client", "set", "shop", "max_calls=many"];
    expect((await HonninCommand.run(dir.path, refused)).code).not.to.equal(0);
    expect((await HonninCommand.run(dir.path, ["key", "revoke", "key_nobody"])).code).not.to.equal(0);
    expect((await trail()).map(({ act }) => act)).to.deep.equal(["client.created"]);
  });

  it("list what others have typed without obeying it", async () => {
    await ok("client", "create", "shop");
    const store = await Store.open(dir.path);
    const client = await findClientByName(store.read, "shop");
    const label = "\u001b]0;owned\u0007\u202eevil";
    const key = { clientId: client?.id ?? "", label, now: 1, expiresAt: null };
    await store.write((db) => insertApiKey(db, key));
    await store.close();
    const listed = await ok("key", "list");
    expect(listed).to.include("]0;owned").and.not.to.include("\u001b").and.not.to.include("\u202e");
  });
});
