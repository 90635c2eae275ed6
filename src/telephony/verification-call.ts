import { randomInt } from "node:crypto";
import { errorText, type Logger } from "../log.js";
import type { PromptFile } from "../prompts/call-prompts.js";
import { noteAttempt } from "../acts/note-attempt.js";
import { revealCode } from "../acts/reveal-code.js";
import { ruleEntry } from "../acts/rule-entry.js";
import { undoCall, UNDONE } from "../acts/undo-call.js";
import { openTransaction } from "../store/sealed-transaction.js";
import type { VerificationRow } from "../store/verifications.js";
import type { CallerProof } from "../verification/caller-proof.js";
import { type CallKind, conversationOf } from "../verification/conversations.js";
import type { Key } from "../verification/dialogue.js";
import { announce } from "../verification/announcement.js";
import type { Transaction } from "../verification/transaction.js";
import { CallStory, type HungUpBy } from "../verification/call-story.js";
import type { AttemptNote } from "../verification/attempt-note.js";
import type { Direction } from "../verification/request-terms.js";
import type { Entry, Ruling } from "../verification/ruling.js";
import type { AttemptEnd } from "../store/attempts.js";
import { endAttempt } from "../acts/end-attempt.js";
import type { CallEventBody } from "./call-events.js";
import type { CallFault } from "./call-fault.js";
import type { CallParts } from "./call-parts.js";
import { ConversationRunner } from "./conversation-runner.js";
import { promptsWith, toldPayee, type ToldPayee } from "./told-payee.js";

/** One call attempt of one verification: what is the same whoever called whom. */
export class VerificationCall {
  readonly attemptId: string;
  readonly verification: VerificationRow;
  /** Of this client, in this language, as they are when the call begins. */
  readonly prompts: Promise<PromptFile>;
  readonly #parts: CallParts;
  readonly #caller: CallerProof;
  readonly #direction: Direction;
  readonly #story = new CallStory();
  readonly #transaction: Transaction | null;
  /** Undefined: there is none to be told. */
  readonly #payee: Promise<ToldPayee> | undefined;
  #trunk: string | null = null;
  #log: Logger;
  /** The verification has ended in this call: nothing hangs on the end of the call any more. */
  #settled = false;
  #rulings = 0;

  /** @param caller whose call it is; one that we make is `proved`. */
  constructor(
    parts: CallParts,
    attemptId: string,
    verification: VerificationRow,
    direction: Direction,
    caller: CallerProof,
  ) {
    this.#caller = caller;
    this.#parts = parts;
    this.attemptId = attemptId;
    this.verification = verification;
    this.#direction = direction;
    const { id, client_id } = verification;
    this.#log = parts.log.child({ call: attemptId, verification: id, client: client_id });
    const prompts = parts.prompts(verification.client_id, verification.locale, () => this.#log);
    this.#transaction = openTransaction(parts.store.vault, verification);
    if (this.#transaction === null) {
      this.prompts = prompts;
      return;
    }
    this.#payee = toldPayee(parts, verification, this.#transaction, () => this.#log);
    this.prompts = promptsWith(prompts, this.#payee);
  }

  /** With the ids of call, verification and client on each line, and the trunk once it is known. */
  get log(): Logger {
    return this.#log;
  }

  /** Since the verification was registered, at this moment, milliseconds; null of a redial and a call back. */
  get waitedMs(): number | null {
    const { direction, attempts_made, created_at } = this.verification;
    return direction === "outbound" && attempts_made === 1 ? this.#parts.clock() - created_at : null;
  }

  /** It goes by this trunk, or came by it: said of whatever happens from now on. */
  goBy(trunk: string, about: Readonly<Record<string, string>> = {}): void {
    this.#trunk = trunk;
    this.#log = this.#log.child({ trunk, ...about });
  }

  /** Whether an entry of it is being ruled on, or has ended the verification. */
  get isDeciding(): boolean {
    return this.#settled || this.#rulings > 0;
  }

  /** What it resolves with is durable. */
  async rule(entry: Entry): Promise<Ruling> {
    this.#rulings += 1;
    try {
      return await this.#rule(entry);
    } finally {
      this.#rulings -= 1;
    }
  }

  async #rule(entry: Entry): Promise<Ruling> {
    const { store, settings, clock } = this.#parts;
    const ruling = await ruleEntry(
      store,
      this.verification.seq,
      entry,
      settings.limits,
      clock(),
      this.#caller,
      this.attemptId,
    );
    this.#settled = ruling.kind !== "wrong" && ruling.kind !== "barred";
    return ruling;
  }

  /** The one that such a call has, not yet begun; null: it has none. */
  conversation(call: CallKind, channelId: string, hangUp: () => void): ConversationRunner | null {
    const { method, enrollment_id, code_length: codeLength, locale } = this.verification;
    const begin = conversationOf(call, method, enrollment_id !== null);
    if (begin === null) return null;
    const { ari, store, clock, overheard, settings } = this.#parts;
    return new ConversationRunner({
      ari,
      overheard,
      channelId,
      talk: begin({
        ...{ ...settings.conversation, codeLength, gateDigit: drawGateDigit() },
        announcement: this.#transaction === null ? undefined : announce(this.#transaction, locale),
      }),
      prompts: this.prompts,
      rule: (entry) => this.rule(entry),
      reveal: () => revealCode(store, this.verification.seq, clock(), this.attemptId),
      noteUnheard: () =>
        this.#note(
          "keys_in_unknown_payload",
          "keys came by an RTP payload number that was not agreed upon: nobody heard them",
        ),
      noteStranger: () => {
        const what = "keys came from another address than the peer's, which sent no voice: they do not count";
        this.commit("the note of the call", () => this.#note("keys_from_stranger", what));
      },
      hangUp,
      tell: (event) => {
        this.tell(event);
      },
      trouble: (fault, what, error) => {
        this.trouble(fault, what, error);
      },
    });
  }

  /** Begins it; where a payee is to be told and cannot be, it only says that there is a fault. */
  begin(conversation: ConversationRunner): void {
    if (this.#payee === undefined) {
      conversation.start();
      return;
    }
    void this.#payee.then(({ kind }) => {
      if (kind === "untold") conversation.end("unavailable");
      else conversation.start();
    });
  }

  async #note(note: AttemptNote, what: string): Promise<void> {
    this.log.warn(what, { note });
    this.#parts.events.emit("note", note);
    await noteAttempt(this.#parts.store, this.attemptId, note);
  }

  /** Commits how the call ended, with its story, and tells it. Resolves, never rejects. */
  async end(attempt: AttemptEnd, hungUpBy: HungUpBy | null): Promise<void> {
    const { store, owed, clock, settings } = this.#parts;
    const { seq } = this.verification;
    const at = clock();
    const urgency = this.#settled ? "soon" : "now";
    const end = { ...attempt, story: this.#story.end(hungUpBy) };
    await owed.write(
      "the end of the call",
      () => endAttempt(store, seq, this.attemptId, end, settings.redialPauseMs, at, urgency),
      this.log,
    );
    this.tell({ kind: "ended", ...attempt });
    const { outcome, sipStatus, q850Cause } = attempt;
    this.log.info("call ended", { outcome, sip: sipStatus, q850: q850Cause });
  }

  /** It ends as if it had not been begun: nothing of it has left. Resolves, never rejects. */
  async undo(): Promise<void> {
    const { store, owed, clock } = this.#parts;
    const at = clock();
    await owed.write("that the call was not made", () => undoCall(store, this.attemptId, at), this.log);
    this.tell({ kind: "ended", ...UNDONE });
    this.log.info("the call was not made, and is due once more");
  }

  /** A mark of the call's progress, with the time when it was made: nothing waits for it. */
  commit(what: string, write: () => Promise<void>): void {
    void this.#parts.owed.write(what, write, this.log);
  }

  fault(fault: CallFault): void {
    this.#parts.events.emit("fault", fault);
  }

  /** The same, and says so in the log. */
  trouble(fault: CallFault, what: string, error: unknown): void {
    this.log.warn(what, { error: errorText(error) });
    this.fault(fault);
  }

  tell(event: CallEventBody): void {
    this.#writeDown(event);
    const { id, client_id } = this.verification;
    this.#parts.events.emit("call", {
      ...event,
      verificationId: id,
      clientId: client_id,
      attemptId: this.attemptId,
      direction: this.#direction,
      trunk: this.#trunk,
    });
  }

  #writeDown(event: CallEventBody): void {
    const at = this.#parts.clock();
    if (event.kind === "said") this.#story.said(at, event.pieces);
    else if (event.kind === "key") this.#story.key(at);
    else if (event.kind === "ruled") this.#story.ruled(at, event.ruling);
  }
}

/** 1 to 9. */
function drawGateDigit(): Key {
  return String(1 + randomInt(9)) as Key;
}
