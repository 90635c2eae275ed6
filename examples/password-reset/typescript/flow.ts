import { randomInt, randomUUID } from "node:crypto";
import { type HonninApi, HonninError, type Verification } from "./honnin-api.ts";
import type { FlowKind, Transfer } from "./input.ts";
import type { Member } from "./members.ts";

type FlowState =
  "waiting" | "calling" | "ringing" | "talking" | "verified" | "failed" | "expired" | "canceled";

/** How things stand with a flow, as its visitor may know. */
export interface Standing {
  readonly state: FlowState;
  /** Of `failed`: a reason of Honnin, or the code of its refusal. */
  readonly reason: string | null;
  /** Codes that were keyed so far. */
  readonly entries: number;
}

/** How long the visitor has. */
const LIFE_S = 180;
/** Refusals that a member who is logged in can do something about; of the others they hear that we cannot call now. */
const TOLD = [
  "number_not_allowed",
  "too_many_calls_to_number",
  "too_many_calls_to_prefix",
  "too_many_registrations",
  "budget_exhausted",
];
/** Failures for which no telephone has rung. */
const UNRUNG = ["over_capacity", "service_unavailable", "invalid_number"];
/** What a call that nobody answers looks like, ms after its beginning. */
const DECOY = { calling: 500, ringing: 2_000, noAnswer: 40_000 };

interface Wish {
  readonly kind: FlowKind;
  /**
   * Null where user and number are not those of a member: then nobody is called, and the page looks as it does for a
   * call that nobody answers, or that does not come in. So it looks where Honnin refuses a member's, too.
   */
  readonly member: Member | null;
  readonly transfer: Transfer | null;
  readonly language: "ja" | "en";
  /** Where the visitor is to call. */
  readonly did: string | null;
}

/** One thing that a visitor wants, and the verification that it hangs on. Lives on the server, with the visit. */
export class Flow {
  readonly kind: FlowKind;
  readonly member: Member | null;
  readonly transfer: Transfer | null;
  /** To be keyed on the telephone, by whoever sees this page. */
  readonly code: string;
  readonly callTo: string | null;
  readonly expiresAt: number;
  /** What came of it, done once: see `settle` in site.ts. */
  outcome: { readonly password?: string } | null = null;
  readonly #language: "ja" | "en";
  readonly #startedAt = Date.now();
  /** An id of our own: known before the request is sent, so that a repeated one places no second call. */
  readonly #id = `site-${randomUUID()}`;
  #final: Standing | null = null;

  constructor({ kind, member, transfer, language, did }: Wish) {
    this.kind = kind;
    this.member = member;
    this.transfer = transfer;
    this.#language = language;
    const inbound = kind === "login" || kind === "reset-inbound";
    this.callTo = inbound ? did : null;
    // Made here and not by Honnin, so that there is one at once, and for a stranger too.
    this.code = String(randomInt(1_000_000)).padStart(6, "0");
    this.expiresAt = this.#startedAt + LIFE_S * 1000;
  }

  /** Registers the verification: outbound, the telephone rings a moment later. */
  async begin(api: HonninApi, log: (message: string) => void): Promise<void> {
    if (this.member === null) return;
    // Not `caller_id`: that tells who calls, and not in which browser they are, so that a stranger who has begun to log
    // in as a member would be let in by the member's next call.
    const way = this.callTo === null ? {} : { direction: "inbound", did: this.callTo, method: "keypad" };
    try {
      await api.register({
        id: this.#id,
        phone_number: this.member.number,
        locale: this.#language,
        expires_in: LIFE_S,
        code: this.code,
        ...way,
        metadata: { flow: this.kind },
      });
    } catch (error) {
      if (!(error instanceof HonninError)) throw error;
      log(`not registered: ${error.code}`);
      // Only members are refused: who is not logged in sees what a stranger would.
      if (this.kind !== "transfer") return;
      const reason = TOLD.includes(error.code) ? error.code : "service_unavailable";
      this.#final = { state: "failed", reason, entries: 0 };
    }
  }

  /** @throws {HonninError} where Honnin cannot be asked just now: ask again. */
  async look(api: HonninApi): Promise<Standing> {
    if (this.#final !== null) return this.#final;
    const standing = await this.#standing(api);
    if (["verified", "failed", "expired", "canceled"].includes(standing.state)) this.#final = standing;
    return standing;
  }

  async cancel(api: HonninApi): Promise<void> {
    if (this.#final !== null) return;
    this.#final = { state: "canceled", reason: null, entries: 0 };
    // One that has just ended cannot be canceled, and nobody waits for it any more.
    await api.cancel(this.#id).catch(() => undefined);
  }

  /** Honnin is asked for a stranger too, whom it does not know: so the answer takes as long, and fails as one. */
  async #standing(api: HonninApi): Promise<Standing> {
    try {
      const standing = standingOf(await api.result(this.#id));
      const told = this.kind === "transfer" || !UNRUNG.includes(standing.reason ?? "");
      return told ? standing : this.#decoy();
    } catch (error) {
      if (error instanceof HonninError && error.code === "verification_not_found") return this.#decoy();
      throw error;
    }
  }

  #decoy(): Standing {
    const after = Date.now() - this.#startedAt;
    const nothing = { reason: null, entries: 0 };
    if (this.callTo !== null)
      return { state: Date.now() < this.expiresAt ? "waiting" : "expired", ...nothing };
    if (after < DECOY.calling) return { state: "waiting", ...nothing };
    if (after < DECOY.ringing) return { state: "calling", ...nothing };
    if (after < DECOY.noAnswer) return { state: "ringing", ...nothing };
    return { state: "failed", reason: "no_answer", entries: 0 };
  }
}

function standingOf({ status, reason, code_entries, attempts }: Verification): Standing {
  const call = attempts.at(-1);
  const common = { reason, entries: code_entries };
  if (status === "pending") return { state: "waiting", ...common };
  if (status !== "in_progress") return { state: status, ...common };
  if (call?.ended_at !== null) return { state: "calling", ...common };
  if (call.answered_at !== null) return { state: "talking", ...common };
  return { state: call.ringing_at === null ? "calling" : "ringing", ...common };
}
