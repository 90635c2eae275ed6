import { expect } from "chai";
import { claimDids } from "../../src/store/client-dids.js";
import { insertClient } from "../../src/store/clients.js";
import { listEventsAfter, type OutboxEvent } from "../../src/store/events.js";
import type { Store } from "../../src/store/store.js";
import { changeClientSettings } from "../../src/store/stored-client-settings.js";
import { noteUnmatched } from "../../src/acts/note-unmatched.js";
import { NUMBER } from "../support/verification-rows.js";
import { StoreFixture } from "../support/store-fixture.js";

const NOW = 1_000_000;
const CLAIMED = "+81312340000";
const FREE = "+81312340001";
const EVIDENCE = {
  from: "sip:09012345678@192.0.2.1",
  p_asserted_identity: null,
  agree: null,
  privacy: null,
  trunk: "trunk",
  stir_shaken: null,
  withheld_reason: null,
};

describe("who is told of a call that nothing waits for", () => {
  let fixture: StoreFixture;
  let store: Store;

  beforeEach(async () => {
    fixture = await StoreFixture.open(["a"], NOW);
    ({ store } = fixture);
    await store.write(async (db) => {
      await claimDids(db, "a", [CLAIMED]);
      await changeClientSettings(db, "a", { locale: "en" });
    });
  });
  afterEach(async () => {
    await fixture.close();
  });

  const newClient = (id: string): Promise<void> =>
    store.write((db) => insertClient(db, { id, name: id, created_at: NOW }));
  const calls = (did: string, why: "unknown" | "withheld" = "unknown"): ReturnType<typeof noteUnmatched> =>
    noteUnmatched(store, { did, why, number: why === "unknown" ? NUMBER : null, evidence: EVIDENCE }, NOW);
  const told = (id: string): Promise<OutboxEvent[]> => listEventsAfter(store.read, store.vault, id, 0, 10);

  it("the only client, of a DID that nobody has claimed; guidance is in its language", async () => {
    expect(await calls(FREE)).to.deep.equal({ clientId: "a", locale: "en" });
    const [event] = await told("a");
    expect(event).to.include({ type: "inbound.unmatched", timestamp: new Date(NOW).toISOString() });
    expect(event?.data).to.deep.equal({
      did: FREE,
      why: "unknown",
      phone_number: NUMBER,
      caller_evidence: EVIDENCE,
    });
  });

  it("the owner alone, of a claimed one", async () => {
    await newClient("b");
    expect(await calls(CLAIMED, "withheld")).to.deep.equal({ clientId: "a", locale: "en" });
    expect((await told("a")).map(({ data }) => data)).to.deep.equal([
      { did: CLAIMED, why: "withheld", phone_number: null, caller_evidence: EVIDENCE },
    ]);
    expect(await told("b")).to.deep.equal([]);
  });

  it("nobody, of an unclaimed one while there are several: it might be another's caller", async () => {
    await newClient("b");
    expect(await calls(FREE)).to.deep.equal({ clientId: null, locale: "ja" });
    expect([...(await told("a")), ...(await told("b"))]).to.deep.equal([]);
  });
});
