import { expect } from "chai";
import { insertClient } from "../../src/store/clients.js";
import { Store } from "../../src/store/store.js";
import { appendEvent, listEventsAfter } from "../../src/store/events.js";
import { HonninCommand, setUp } from "../cli/honnin-command.js";
import { tempDir } from "../support/temp-dir.js";

describe("honnin webhooks", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;

  const honnin = async (...args: string[]): Promise<{ code: number | null; out: string; said: string }> => {
    const { code, stdout: out, stderr: said } = await HonninCommand.run(dir.path, ["webhooks", ...args]);
    return { code, out, said };
  };
  const json = async (...args: string[]): Promise<Record<string, unknown>> =>
    JSON.parse((await honnin(...args, "--json")).out) as Record<string, unknown>;

  before(setUp);
  beforeEach(async () => {
    dir = await tempDir();
    // A webhook is set for a client that there is: a name with a typing error must not become one.
    const store = await Store.open(dir.path);
    await store.write((db) => insertClient(db, { id: "cli_acme", name: "acme", created_at: 0 }));
    await store.close();
  });
  afterEach(() => dir.remove());

  it("sets, shows, rotates, disables and sets again, and shows each secret once", async () => {
    const url = "https://example.com/hook";
    const made = await json("set", "--client", "acme", "--url", url);
    expect(made["secret"]).to.match(/^whsec_/);
    const rotated = await json("rotate", "--client", "acme", "--overlap-hours", "1");
    expect(rotated["secret"])
      .to.match(/^whsec_/)
      .and.not.equal(made["secret"]);
    const shown = await honnin("show", "--client", "acme");
    expect(shown.out).to.include(url).and.not.include("whsec_");
    await honnin("disable", "--client", "acme");
    expect(await json("show", "--client", "acme")).to.include({ enabled: false, disabled_why: "by command" });
    expect(await json("set", "--client", "acme", "--url", url)).to.include({ secret: null });
    expect(await json("show", "--client", "acme")).to.include({ enabled: true, pending: 0, failed: 0 });
  });

  it("queues one event for redelivery", async () => {
    await honnin("set", "--client", "acme", "--url", "https://example.com/hook");
    const store = await Store.open(dir.path);
    const client = await store.read.selectFrom("clients").select("id").executeTakeFirstOrThrow();
    await store.write((db) =>
      appendEvent(db, store.vault, {
        clientId: client.id,
        type: "inbound.unmatched",
        verificationSeq: null,
        data: {},
        now: Date.now(),
      }),
    );
    const [event] = await listEventsAfter(store.read, store.vault, client.id, 0, 1);
    await store.close();
    expect(await json("redeliver", event?.id ?? "")).to.deep.equal({ redelivered: 1 });
    expect(await json("show", "--client", "acme")).to.include({ pending: 1 });
    expect(await json("redeliver", "--failed")).to.deep.equal({ redelivered: 0 });
  });

  it("refuses what makes no sense, by exit code", async () => {
    const codes = await Promise.all([
      honnin("set", "--client", "acme", "--url", "http://example.com/"),
      honnin("set", "--client", "acme", "--url", "https://127.0.0.1/"),
      honnin("redeliver"),
      honnin("show", "--client", "nobody"),
      honnin("redeliver", "evt_none"),
    ]);
    expect(codes.map(({ code }) => code)).to.deep.equal([2, 2, 2, 1, 1]);
  });
});
