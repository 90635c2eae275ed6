import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { expect } from "chai";
import type { Session } from "smpp";
import { requestedVerification, type VerificationRequest } from "../../src/acts/new-verification.js";
import { register } from "../../src/acts/register.js";
import { PROJECT_DIR } from "../../src/project-dir.js";
import type { Store } from "../../src/store/store.js";
import { parsePhoneNumber } from "../../src/verification/phone-number.js";
import { PATIENCE_MS } from "../phones/waiting.js";
import { receiptText, Smsc } from "../sms/smsc.js";
import { LIMITS } from "../support/api-fixture.js";
import { StoreFixture } from "../support/store-fixture.js";
import { databaseUrlOf } from "../support/test-database.js";

const MESSAGES = 1_000;
/** Most of the messages wait for their turns then, and some for their answers and receipts. */
const KILLED_AFTER = 300;
/** For hundreds of transactions, on whatever machine. */
const HUNDREDS_MS = 5 * PATIENCE_MS;
const CLIENTS = ["cli_a", "cli_b", "cli_c", "cli_d", "cli_e"];

/** Receipts that a centre has to bring, as often as it needs to: until they were thanked for. */
class Receipts {
  readonly #owed = new Set<string>();

  owe(id: string, session: Session): void {
    this.#owed.add(id);
    this.#bring(id, session);
  }

  /** To a client that has come again. */
  bringAll(session: Session): void {
    for (const id of this.#owed) this.#bring(id, session);
  }

  get left(): number {
    return this.#owed.size;
  }

  #bring(id: string, session: Session): void {
    const text = receiptText(id, "DELIVRD");
    session.deliver_sm(
      { esm_class: 4, source_addr: "1", destination_addr: "2", short_message: text },
      ({ command_status: status }) => {
        if (status === 0) this.#owed.delete(id);
      },
    );
  }
}

function numberOf(nth: number): string {
  return `090${String(10_000_000 + nth)}`;
}

async function registerAll(store: Store): Promise<void> {
  const now = Date.now();
  await Promise.all(
    Array.from({ length: MESSAGES }, async (_, nth) => {
      const parsed = parsePhoneNumber(numberOf(nth));
      if (!parsed.ok) throw new Error(parsed.detail);
      const id = `v${String(nth)}`;
      const clientId = CLIENTS[nth % CLIENTS.length] ?? "";
      const request: VerificationRequest = {
        ...{ clientId, id, said: id, number: parsed.number, did: null },
        ...{ direction: "outbound", channel: "sms", chain: null, method: "spoken", locale: "ja" },
        ...{ code: "271828", ownCode: true, keepsCode: true },
        ...{ maxCodeEntries: 3, maxCallAttempts: 1, lifeMs: 600_000, metadata: {} },
      };
      const registered = await register(store, requestedVerification(store.vault, request, now), LIMITS);
      expect(registered.kind).to.equal("created");
    }),
  );
}

describe("a thousand messages of a service that is killed in the middle", function () {
  this.timeout(4 * HUNDREDS_MS);

  it("are each sent once, and each report is kept; only those that were just being given are unknown", async () => {
    const fixture = await StoreFixture.open(CLIENTS, Date.now());
    await registerAll(fixture.store);
    await fixture.store.close();
    const receipts = new Receipts();
    let id = 0;
    const centre = await Smsc.start({
      onSubmit: (_submit, session) => {
        id += 1;
        const own = String(id);
        // Some hurry ahead of the answer.
        if (id % 3 === 0) receipts.owe(own, session);
        else
          setImmediate(() => {
            receipts.owe(own, session);
          });
        return { id: own };
      },
    });
    const script = path.join(PROJECT_DIR, "test/messages/sends-by-smpp.ts");
    const url = await databaseUrlOf(fixture.dir);
    const args = [script, fixture.dir, String(centre.port), ...(url === undefined ? [] : [url])];
    const start = (): ChildProcess =>
      spawn(process.execPath, ["--import", "tsx", ...args], { stdio: ["ignore", "inherit", "inherit"] });
    const first = start();
    await centre.submitted(KILLED_AFTER, HUNDREDS_MS);
    first.kill("SIGKILL");
    await once(first, "exit");
    await centre.room.until(() => (centre.sessions.size === 0 ? true : undefined), PATIENCE_MS, "its end");
    const second = start();
    receipts.bringAll(await centre.bound());
    const [status] = (await once(second, "exit")) as [number | null];
    expect(status).to.equal(0);

    const sent = centre.submits.map(({ destination_addr: to }) => to);
    expect(new Set(sent).size, "none twice").to.equal(sent.length);
    const store = await fixture.reopen();
    const attempts = await store.read
      .selectFrom("attempts")
      .innerJoin("verifications", "verifications.seq", "attempts.verification_seq")
      .select(["verifications.id", "attempts.outcome", "attempts.waits"])
      .execute();
    expect(new Set(attempts.map((attempt) => attempt.id)).size).to.equal(MESSAGES);
    expect(attempts, "none lost").to.have.length(MESSAGES);
    expect(new Set(attempts.map(({ waits }) => waits))).to.deep.equal(new Set([null]));
    const unknown = attempts.filter(({ outcome }) => outcome === "unknown");
    expect(attempts.filter(({ outcome }) => outcome === "delivered")).to.have.length(
      MESSAGES - unknown.length,
    );
    // As many as may be out at one time.
    expect(unknown.length).to.be.at.most(20);
    for (const { id: one, outcome } of attempts) {
      const to = numberOf(Number(one.slice(1))).replace(/^0/, "81");
      if (outcome === "delivered") expect(sent).to.include(to);
    }
    expect(receipts.left, "all thanked for").to.equal(0);
    await centre.stop();
    await fixture.close();
  });
});
