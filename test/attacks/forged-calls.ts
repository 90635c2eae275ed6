import { randomUUID } from "node:crypto";
import { beginAttempt } from "../support/begin-attempt.js";
import { endAttempt } from "../../src/acts/end-attempt.js";
import { pinSubject } from "../../src/verification/code-subject.js";
import { insertClient } from "../../src/store/clients.js";
import { enroll } from "../../src/acts/enroll.js";
import { findEnrollment } from "../../src/store/enrollments.js";
import { beginInboundAttempt, type InboundMatch } from "../../src/acts/begin-inbound-call.js";
import { register, type Registration } from "../../src/acts/register.js";
import { ruleEntry } from "../../src/acts/rule-entry.js";
import { Store } from "../../src/store/store.js";
import { hashCode } from "../../src/verification/code.js";
import type { CallerEvidence } from "../../src/verification/caller-identity.js";
import type { Ruling } from "../../src/verification/ruling.js";
import { CALL_LIMITS } from "../support/api-fixture.js";
import { tempDir } from "../support/temp-dir.js";
import { CODE, NUMBER, verificationRow } from "../support/verification-rows.js";

export const DID = "+81312340000";
export const PIN = "8265";
export const WRONG = "0000";

/** As by default. */
const LIMITS = {
  calls: CALL_LIMITS,
  maxConsecutiveFailures: 30,
  failureLockMs: 86_400_000,
  fraudBlockMs: 86_400_000,
  maxWrongPins: 50,
};
const HUNG_UP = { outcome: "answered" as const, sipStatus: null, q850Cause: 16 };
const RULES = { trustAsserted: true, mayCall: () => true, limits: LIMITS, dids: [DID] };

/** What the network said: of a forged call the caller's own From alone. */
const EVIDENCE = {
  forged: { p_asserted_identity: null, agree: null },
  proved: { p_asserted_identity: `tel:${NUMBER}`, agree: true },
} as const satisfies Record<string, Partial<CallerEvidence>>;

type Caller = keyof typeof EVIDENCE;

export interface Call extends InboundMatch {
  readonly attemptId: string;
  readonly caller: "unproved" | "proved";
}

interface Registered {
  readonly client?: string;
  readonly direction?: "inbound" | "outbound";
  readonly method?: "keypad" | "caller_id";
}

/** A service without telephones: calls come in by the transactions that real ones make, at any time and rate. */
export class ForgedCalls {
  readonly store: Store;
  readonly #remove: () => Promise<void>;
  #ids = 0;

  private constructor(store: Store, remove: () => Promise<void>) {
    this.store = store;
    this.#remove = remove;
  }

  /** With the clients `a` and `b`. */
  static async open(): Promise<ForgedCalls> {
    const dir = await tempDir();
    const store = await Store.open(dir.path);
    await store.write(async (db) => {
      for (const id of ["a", "b"]) await insertClient(db, { id, name: id, created_at: 0 });
    });
    return new ForgedCalls(store, async () => {
      await store.close();
      await dir.remove();
    });
  }

  close(): Promise<void> {
    return this.#remove();
  }

  async enrolled(clientId: string, id: string, pin?: string): Promise<void> {
    const { vault } = this.store;
    const subject = pinSubject({ client_id: clientId, id });
    const row = {
      client_id: clientId,
      id,
      request_hash: Buffer.alloc(1),
      number_cipher: vault.encipherNumber(NUMBER),
      number_index: vault.indexNumber(NUMBER),
      line_type: "mobile" as const,
      dids: null,
      pin_hash: pin === undefined ? null : hashCode(vault.codeKey, subject, pin),
      pin_length: pin?.length ?? 0,
      locale: "ja" as const,
      created_at: 0,
      expires_at: null,
      metadata: "{}",
    };
    const { kind } = await enroll(this.store, row, CALL_LIMITS, null);
    if (kind !== "created") throw new Error(kind);
  }

  /** Registers a verification of the number with a code that whoever is at the page is shown: {@link CODE}. */
  registers(
    now: number,
    { client = "a", direction = "inbound", method = "keypad" }: Registered = {},
  ): Promise<Registration> {
    const row = verificationRow(this.store, client, `ver-${String(++this.#ids)}`, now);
    const inbound = { direction, did: DID, next_attempt_at: null, max_code_entries: 3 };
    return register(this.store, { ...row, method, ...(direction === "inbound" ? inbound : {}) }, LIMITS);
  }

  /** @returns undefined when nothing waits for the call. */
  async comes(caller: Caller, now: number): Promise<Call | undefined> {
    const attemptId = randomUUID();
    const evidence = {
      from: "sip:09012345678@192.0.2.1",
      privacy: null,
      trunk: "trunk",
      stir_shaken: null,
      withheld_reason: null,
      ...EVIDENCE[caller],
    };
    const match = await beginInboundAttempt(
      this.store,
      attemptId,
      { number: NUMBER, did: DID, evidence },
      RULES,
      now,
    );
    return match && { ...match, attemptId, caller: caller === "forged" ? "unproved" : "proved" };
  }

  /** Keys digits on a call that came in. */
  keys({ verification, caller }: Call, digits: string, now: number): Promise<Ruling> {
    return ruleEntry(this.store, verification.seq, { kind: "code", digits }, LIMITS, now, caller);
  }

  async hangsUp({ verification, attemptId }: Call, now: number): Promise<void> {
    await endAttempt(this.store, verification.seq, attemptId, HUNG_UP, 0, now);
  }

  /** We call the number, and it keys: a call of our own, or a call back. Undefined when none is made. */
  async called(seq: number, digits: string, now: number): Promise<Ruling | undefined> {
    const attemptId = randomUUID();
    const row = await beginAttempt(this.store, seq, attemptId, LIMITS, now);
    if (row === undefined) return undefined;
    const ruling = await ruleEntry(this.store, seq, { kind: "code", digits }, LIMITS, now, "proved");
    await endAttempt(this.store, seq, attemptId, HUNG_UP, 0, now);
    return ruling;
  }

  /**
   * One forged call that keys three wrong entries if it is let.
   *
   * @returns how many of them were compared with the code or the PIN.
   */
  async guesses(now: number): Promise<number> {
    const call = await this.comes("forged", now);
    if (call === undefined) return 0;
    const compared = call.turnedAway === null ? await this.keysThreeWrong(call, now) : 0;
    await this.hangsUp(call, now);
    return compared;
  }

  async keysThreeWrong(call: Call, now: number): Promise<number> {
    let compared = 0;
    for (let entry = 0; entry < 3; entry += 1) {
      const { kind } = await this.keys(call, WRONG, now);
      if (kind === "wrong" || kind === "failed") compared += 1;
    }
    return compared;
  }

  /** The thief's way to a right code: a page shows it to whoever asks, and one more forged call keys it. */
  async keysACodeThatItWasShown(now: number): Promise<Ruling["kind"] | "turned away"> {
    const registration = await this.registers(now);
    if (registration.kind !== "created") return "turned away";
    const call = await this.comes("forged", now);
    if (call?.turnedAway !== null) return "turned away";
    const { kind } = await this.keys(call, CODE, now);
    await this.hangsUp(call, now);
    return kind;
  }

  async enrollment(id: string): Promise<NonNullable<Awaited<ReturnType<typeof findEnrollment>>>> {
    const row = await findEnrollment(this.store.read, "a", id);
    if (row === undefined) throw new Error("no such enrollment");
    return row;
  }
}
