import { expect } from "chai";
import { claimDids } from "../../src/store/client-dids.js";
import { listEventsAfter } from "../../src/store/events.js";
import { noteUnmatched } from "../../src/acts/note-unmatched.js";
import { CODE, NUMBER } from "../support/verification-rows.js";
import { figure } from "./figures.js";
import { DID, ForgedCalls } from "./forged-calls.js";

const NOW = 1_000_000_000;

describe("a client that takes another's callers at a DID that nobody has claimed", () => {
  let calls: ForgedCalls;

  beforeEach(async () => {
    calls = await ForgedCalls.open();
  });
  afterEach(() => calls.close());

  const told = async (client: string): Promise<string[]> =>
    (await listEventsAfter(calls.store.read, calls.store.vault, client, 0, 100)).map(({ type }) => type);
  const claims = (client: string): Promise<unknown> =>
    calls.store.write((db) => claimDids(db, client, [DID]));

  it("is not verified by the other's caller: nothing is guessed, and neither is told of the other", async () => {
    await calls.registers(NOW, { client: "a" });
    await calls.registers(NOW + 1, { client: "b", method: "caller_id" });
    const call = await calls.comes("proved", NOW + 2);
    figure(
      "verifications of another client taken by one call at an unclaimed DID",
      call === undefined ? 0 : 1,
    );
    expect(call).to.equal(undefined);
    const unmatched = { did: DID, why: "unknown" as const, number: NUMBER, evidence: NOBODY_SAID };
    expect(await noteUnmatched(calls.store, unmatched, NOW + 2)).to.include({ severalMeant: true });
    for (const client of ["a", "b"]) expect(await told(client)).to.deep.equal(["verification.created"]);
  });

  it("does not take a caller by an enrollment of the number either, its own or the other's", async () => {
    await calls.registers(NOW, { client: "a" });
    await calls.enrolled("b", "member");
    expect(await calls.comes("proved", NOW)).to.equal(undefined);
  });

  it("does not take a caller while the other's call goes on", async () => {
    await calls.registers(NOW, { client: "a" });
    const own = await calls.comes("proved", NOW);
    expect(own?.verification).to.include({ client_id: "a" });
    await calls.registers(NOW, { client: "b", method: "caller_id" });
    expect(await calls.comes("proved", NOW)).to.equal(undefined);
    if (own === undefined) return;
    expect(await calls.keys(own, CODE, NOW)).to.deep.equal({ kind: "verified" });
    expect((await calls.comes("proved", NOW))?.verification, "alone again").to.include({ client_id: "b" });
  });

  it("is without effect where the DID is one client's own", async () => {
    await calls.registers(NOW, { client: "b", method: "caller_id" });
    await calls.registers(NOW, { client: "a" });
    await claims("a");
    expect((await calls.comes("proved", NOW))?.verification).to.include({ client_id: "a" });
    expect(await calls.comes("proved", NOW)).to.equal(undefined);
  });
});

const NOBODY_SAID = {
  from: null,
  p_asserted_identity: null,
  agree: null,
  privacy: null,
  trunk: "trunk",
  stir_shaken: null,
  withheld_reason: null,
};
