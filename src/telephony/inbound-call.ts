import { v7 as uuidv7 } from "uuid";
import { errorText, type Logger } from "../log.js";
import { beginInboundAttempt, type InboundMatch, type InboundRules } from "../acts/begin-inbound-call.js";
import { type DidOwner, noteUnmatched } from "../acts/note-unmatched.js";
import { StoreUnavailableError } from "../store/store-unavailable.js";
import { inboundOutcomeOf } from "../verification/call-outcome.js";
import type { CallerIdentity } from "../verification/caller-identity.js";
import { DEFAULT_LOCALE, type PromptId } from "../verification/prompt-id.js";
import type { VerificationStatus } from "../verification/status.js";
import { Call } from "./call.js";
import type { CallParts } from "./call-parts.js";
import { Guidance } from "./guidance.js";
import { guidanceFor, withheldGuidance } from "./inbound-guidance.js";
import type { LineNotice } from "./line-notice.js";
import { causeOfBye, type LineEnd } from "./line.js";
import { VerificationCall } from "./verification-call.js";

export interface Arrival {
  readonly channelId: string;
  /** As `canonicalDid` spells it. */
  readonly did: string;
  readonly caller: CallerIdentity;
  /** Of its SIP dialogue; empty or absent where there is none, or this Asterisk does not tell. */
  readonly callId?: string | undefined;
  /** Its endpoint encrypts voice. */
  readonly encrypts?: boolean;
  /** By which it came. */
  readonly trunk: string;
}

export interface InboundSettings extends InboundRules {
  /**
   * Whether a call that needs no conversation is answered all the same, to say that it was enough; holds for
   * clients that have not set it themselves.
   */
  readonly answer: boolean;
}

/**
 * Q.850 17, user busy: Asterisk makes it 486, every network a busy tone, and nobody is charged. 21
 * (call rejected) would become 403, for which networks play an announcement of a barred line or raise
 * an alarm.
 */
const USER_BUSY = 17;
/** Q.850 42, switching equipment congestion: Asterisk makes it 503, on which a trunk may try another way. */
export const CONGESTION = 42;
/** Q.850 58, bearer capability not available: Asterisk makes it 488, and a caller may try again without encryption. */
const BEARER_NOT_AVAILABLE = 58;

/** One call that came in: finds what it is for, converses or is content with the caller's number, and commits its end. */
export class InboundCall extends Call {
  readonly #settings: InboundSettings;
  readonly #arrival: Arrival;
  #matched: Promise<void> = Promise.resolve();
  #call: VerificationCall | undefined;
  /** Whose guidance is heard, until there is a verification. */
  #owner: DidOwner = { clientId: null, locale: DEFAULT_LOCALE };
  #guidance: Guidance | undefined;
  #endedAs: VerificationStatus | undefined;
  #refused = false;
  readonly #logBefore: Logger;

  constructor(parts: CallParts, settings: InboundSettings, arrival: Arrival) {
    super(parts, arrival.channelId, "StasisEnd");
    this.#logBefore = parts.log.child({ channel: arrival.channelId, trunk: arrival.trunk });
    this.#settings = settings;
    this.#arrival = arrival;
  }

  get seq(): number | undefined {
    return this.#call?.verification.seq;
  }

  get isDeciding(): boolean {
    return this.#call?.isDeciding === true;
  }

  /** With the ids of the verification, once it is found. */
  protected get log(): Logger {
    return this.#call?.log ?? this.#logBefore;
  }

  start(): void {
    this.line.listen();
    this.limitTalk();
    this.#matched = this.#proceed().catch(async (error: unknown) => {
      this.log.error("a call that came in failed", { error: errorText(error) });
      this.parts.events.emit("fault", "not_matched");
      // Nothing was said yet, and a node that has the database may take the call.
      if (error instanceof StoreUnavailableError && !this.answered && this.parts.hasOthers()) {
        this.#refuse(CONGESTION);
        return;
      }
      await this.#guide(["silence-start", "service-trouble", "goodbye"]);
    });
  }

  end(status: VerificationStatus): void {
    this.#endedAs = status;
    this.conversation?.end(status);
  }

  /** The caller chooses the way. */
  protected goesOn(): Promise<boolean> {
    return Promise.resolve(false);
  }

  protected onStillThere(): void {
    this.#guidance?.resume();
  }

  protected onNotice(notice: LineNotice): void {
    this.conversation?.onNotice(notice);
    if (notice.kind === "played") this.#guidance?.onPlayed(notice.playbackId);
  }

  async #proceed(): Promise<void> {
    const { caller, did, callId = "", encrypts = false } = this.#arrival;
    // That RTP/AVPF can be taken, Asterisk takes every profile, and would speak plainly where none asked for it.
    if (!encrypts && callId !== "" && (await this.parts.overheard?.offersEncrypted(callId)) === true) {
      this.log.info("a call that wants encryption is refused");
      this.#refuse(BEARER_NOT_AVAILABLE);
      return;
    }
    if (caller.withheld) {
      await this.#unmatched("withheld");
      await this.#guide(["silence-start", withheldGuidance(caller.reason), "goodbye"]);
      return;
    }
    const attemptId = uuidv7();
    const { store, clock } = this.parts;
    const match =
      caller.number === null
        ? undefined
        : await beginInboundAttempt(
            store,
            attemptId,
            { number: caller.number, did, evidence: caller.evidence },
            this.#settings,
            clock(),
          );
    if (match === undefined) {
      await this.#unmatched("unknown");
      await this.#guide(["silence-start", "unknown-number", "goodbye"]);
      return;
    }
    const call = new VerificationCall(this.parts, attemptId, match.verification, "inbound", match.caller);
    call.goBy(this.#arrival.trunk, { channel: this.channelId });
    this.#call = call;
    call.tell({ kind: "arrived" });
    if (match.turnedAway === null) await this.#serve(call, match);
    else await this.#turnAway(match);
  }

  /**
   * Evidence or proof is missing. Who is called back needs a free line, and who was not
   * to be answered is not answered for this either; only who was to key a code is told.
   */
  async #turnAway({ turnedAway, verification }: InboundMatch): Promise<void> {
    if (turnedAway === "call_back" || verification.method === "caller_id") this.#refuse();
    else await this.#guide(["silence-start", "service-trouble", "goodbye"]);
  }

  async #serve(call: VerificationCall, { verification, client }: InboundMatch): Promise<void> {
    const { method, status, enrollment_id } = verification;
    if (status === "failed") {
      await this.#guide(["silence-start", "failed", "goodbye"]);
      return;
    }
    const enrolled = enrollment_id !== null;
    if (method === "caller_id") {
      // Proved by the arrival of the call, whether or not the caller waits to hear so.
      const ruling = await call.rule({ kind: "caller_number" });
      call.tell({ kind: "ruled", ruling });
      if (client.answer_inbound ?? this.#settings.answer)
        await this.#guide(["silence-start", guidanceFor(ruling, enrolled), "goodbye"]);
      else this.#refuse();
      return;
    }
    if (!(await this.#answer())) return;
    const conversation = this.converse(call, "in");
    if (conversation === null) return;
    if (this.#endedAs === undefined) call.begin(conversation);
    else conversation.end(this.#endedAs);
  }

  /** @returns false when there is nobody any more. */
  async #answer(): Promise<boolean> {
    if (this.line.ended) return false;
    try {
      await this.parts.ari.answer(this.channelId);
    } catch (error) {
      this.log.warn("a call could not be answered", { error: errorText(error) });
      this.parts.events.emit("fault", "not_answered");
      this.hangUp();
      return false;
    }
    this.noteAnswered(this.#call);
    return !this.line.ended;
  }

  async #guide(pieces: readonly PromptId[]): Promise<void> {
    if (!this.answered && !(await this.#answer())) return;
    const { ari, prompts } = this.parts;
    const call = this.#call;
    const promptFile = await (call?.prompts ??
      prompts(this.#owner.clientId, this.#owner.locale, () => this.log));
    this.#guidance = new Guidance(this.hangUp);
    call?.tell({ kind: "said", pieces });
    this.#guidance.say(ari, this.channelId, pieces.map(promptFile), this.log);
  }

  #refuse(q850Cause = USER_BUSY): void {
    if (this.line.ended) return;
    this.#refused = true;
    this.line.hangUp(q850Cause, { lost: false, sipStatus: null, q850Cause });
  }

  async #unmatched(why: "withheld" | "unknown"): Promise<void> {
    const { caller, did } = this.#arrival;
    const number = caller.withheld ? null : caller.number;
    const unmatched = { why, did, number, evidence: caller.evidence };
    this.parts.events.emit("inbound_unmatched", unmatched);
    this.#owner = await noteUnmatched(this.parts.store, unmatched, this.parts.clock());
    // Whole numbers are blotted out of the log.
    const fields = { client: this.#owner.clientId, did_ends_in: did.slice(-4) };
    if (this.#owner.severalMeant === true) {
      const advice =
        "several clients wait for a call at a number that none has claimed; give it to one (dids=)";
      this.log.warn(advice, fields);
    } else this.log.info("a call came in that nothing waits for", { ...fields, why });
  }

  protected async settle(end: LineEnd): Promise<void> {
    const hungUpBy = this.hungUpBy(end);
    // A caller may be gone before the database has answered: the attempt is ended all the same.
    await this.#matched;
    this.conversation?.stop();
    const outcome = inboundOutcomeOf({ lost: end.lost, answered: this.answered, refused: this.#refused });
    const q850Cause = this.answered ? causeOfBye(end) : end.q850Cause;
    await this.#call?.end({ outcome, sipStatus: end.sipStatus, q850Cause }, hungUpBy);
  }
}
