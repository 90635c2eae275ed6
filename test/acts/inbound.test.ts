import { randomUUID } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { endAttempt } from "../../src/acts/end-attempt.js";
import { listAttempts } from "../../src/store/attempts.js";
import { beginInboundAttempt, type InboundCaller } from "../../src/acts/begin-inbound-call.js";
import { register } from "../../src/acts/register.js";
import type { Store } from "../../src/store/store.js";
import type { VerificationRow } from "../../src/store/verifications.js";
import { type E164, parsePhoneNumber } from "../../src/verification/phone-number.js";
import { LIMITS } from "../support/api-fixture.js";
import { StoreFixture } from "../support/store-fixture.js";

const NOW = 1_000_000;
const DID = "+81312340000";
const EVIDENCE = {
  from: "sip:09012345678@192.0.2.1",
  p_asserted_identity: null,
  agree: null,
  privacy: null,
  trunk: "trunk",
  stir_shaken: null,
  withheld_reason: null,
};

function number(text: string): E164 {
  const parsed = parsePhoneNumber(text);
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.number.e164;
}

const RULES = { trustAsserted: true, mayCall: () => true, limits: LIMITS, dids: [DID] };
const CALLER: InboundCaller = { number: number("09012345678"), did: DID, evidence: EVIDENCE };

describe("finding what a call that came in is for", () => {
  let fixture: StoreFixture;
  let store: Store;

  beforeEach(async () => {
    fixture = await StoreFixture.open(["a", "b"], NOW);
    ({ store } = fixture);
  });
  afterEach(async () => {
    await fixture.close();
  });

  async function awaitCall(clientId: string, id: string, did = DID): Promise<number> {
    const registration = await register(
      store,
      {
        client_id: clientId,
        id,
        request_hash: Buffer.alloc(1),
        status: "pending",
        number_cipher: store.vault.encipherNumber(CALLER.number),
        number_index: store.vault.indexNumber(CALLER.number),
        line_type: "mobile",
        direction: "inbound",
        channel: "voice",
        method: "keypad",
        locale: "ja",
        code_hash: null,
        code_length: 6,
        max_code_entries: 3,
        code_entries: 0,
        max_call_attempts: 1,
        attempts_made: 0,
        created_at: NOW,
        expires_at: NOW + 60_000,
        did,
        metadata: "{}",
      },
      LIMITS,
    );
    if (registration.kind !== "created") throw new Error(registration.kind);
    return registration.stored.verification.seq;
  }

  const begin = async (caller = CALLER, now = NOW): Promise<VerificationRow | undefined> =>
    (await beginInboundAttempt(store, randomUUID(), caller, RULES, now))?.verification;

  it("takes the newest", async () => {
    await awaitCall("a", "older");
    const newest = await awaitCall("a", "newer");
    expect(await begin()).to.include({ seq: newest, status: "in_progress", attempts_made: 1 });
  });

  it("finds nothing for another number, another DID, or at the deadline", async () => {
    await awaitCall("a", "one");
    expect(await begin({ ...CALLER, number: number("09087654321") })).to.equal(undefined);
    expect(await begin({ ...CALLER, did: "+81312340001" })).to.equal(undefined);
    expect(await begin(CALLER, NOW + 60_000)).to.equal(undefined);
  });

  it("gives one verification to one of two calls at the same moment", async () => {
    await awaitCall("a", "one");
    const found = await Promise.all([begin(), begin()]);
    expect(found.filter((row) => row !== undefined).length).to.equal(1);
  });

  it("waits for a call again when the call has ended undecided, as often as one likes", async () => {
    const seq = await awaitCall("a", "one");
    const end = { outcome: "answered" as const, sipStatus: null, q850Cause: 16 };
    for (let call = 1; call <= 4; call += 1) {
      const attemptId = randomUUID();
      const match = await beginInboundAttempt(store, attemptId, CALLER, RULES, NOW);
      expect(match?.verification).to.include({ attempts_made: call });
      expect(await endAttempt(store, seq, attemptId, end, 0, NOW)).to.deep.equal({ kind: "await_call" });
    }
  });

  it("keeps what the network said of the caller sealed", async () => {
    const seq = await awaitCall("a", "one");
    await begin();
    const [attempt] = await listAttempts(store.read, seq);
    const context = `evidence/${attempt?.id ?? ""}`;
    const sealed = attempt?.caller_evidence ?? Buffer.alloc(0);
    expect(JSON.parse(store.vault.unseal(sealed, context).toString())).to.deep.equal(EVIDENCE);
    sealed[sealed.length - 1] = (sealed.at(-1) ?? 0) ^ 1;
    expect(() => store.vault.unseal(sealed, context)).to.throw("cannot be deciphered");
    for (const name of (await readdir(fixture.dir)).filter((file) => file.startsWith("honnin.db"))) {
      expect((await readFile(join(fixture.dir, name))).includes("9012345678"), name).to.equal(false);
    }
  });
});
