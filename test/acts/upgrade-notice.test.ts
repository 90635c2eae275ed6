import { expect } from "chai";
import { changeClientSettings } from "../../src/store/stored-client-settings.js";
import { tellOfAssertedByDefault } from "../../src/acts/upgrade-notice.js";
import { ForgedCalls } from "../attacks/forged-calls.js";

const NOW = 100 * 24 * 3_600_000;
const MONTH = 30 * 24 * 3_600_000;

describe("the notice of an upgrade that From alone no longer proves a number", () => {
  let calls: ForgedCalls;

  beforeEach(async () => {
    calls = await ForgedCalls.open();
  });
  afterEach(() => calls.close());

  async function told(now = NOW): Promise<readonly (readonly string[])[]> {
    const all: (readonly string[])[] = [];
    await tellOfAssertedByDefault(calls.store, (clients) => all.push(clients), now);
    return all;
  }

  it("names those who have members without a PIN, or have used caller_id of late, once", async () => {
    await calls.enrolled("a", "member");
    await calls.registers(NOW - 1000, { client: "b", method: "caller_id" });
    expect(await told()).to.deep.equal([["a", "b"]]);
    expect(await told()).to.deep.equal([]);
  });

  it("leaves out who has set what is demanded, who asks for codes and PINs, and what is long ago", async () => {
    await calls.enrolled("a", "member");
    await calls.store.write((db) => changeClientSettings(db, "a", { demand_evidence: "none" }));
    await calls.enrolled("b", "member", "8265");
    await calls.registers(NOW, { client: "b" });
    await calls.registers(NOW - MONTH - 1, { client: "b", method: "caller_id" });
    expect(await told()).to.deep.equal([]);
  });

  it("keeps no service from starting because of a client whose settings are not understood, and names it", async () => {
    await calls.enrolled("a", "member");
    const settings = JSON.stringify({ of_a_newer_version: 1 });
    await calls.store.write((db) =>
      db.insertInto("client_settings").values({ client_id: "a", settings }).execute(),
    );
    expect(await told()).to.deep.equal([["a"]]);
  });

  it("is not given later to a service that had nobody to tell", async () => {
    expect(await told()).to.deep.equal([]);
    await calls.enrolled("a", "member");
    expect(await told()).to.deep.equal([]);
  });
});
