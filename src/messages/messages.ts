import { v7 as uuidv7 } from "uuid";
import { beginMessage } from "../acts/begin-message.js";
import { noteAnswer, undoMessage } from "../acts/note-message.js";
import type { Held } from "../acts/shared-limits.js";
import { type DialLimits, limitsOfClient } from "../clients/call-limits.js";
import type { Clock } from "../clock.js";
import { errorText, type Logger } from "../log.js";
import type { SmsSender } from "../sms/sms-sender.js";
import type { Store } from "../store/store.js";
import { findVerificationBySeq } from "../store/verifications.js";
import { isFinal } from "../verification/status.js";
import { readClientOf } from "../store/stored-client-settings.js";
import { CallQueue, type Waiting } from "../telephony/call-queue.js";
import { DueCalls } from "../telephony/due-calls.js";
import type { OwedWrites } from "../telephony/owed-writes.js";
import { answerOf, WITHDRAWN } from "./answer-of.js";
import type { UnderWay } from "./under-way.js";

/**
 * Handed over at one time: what gateways take at once is theirs to bound. Those of a gateway that wants to be left alone
 * wait there, so that one client's keep nobody else's from another gateway.
 */
const MOST_AT_ONCE = 1_000;
const MOST_OF_CLIENT = 200;

interface MessageParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly owed: OwedWrites;
  readonly limits: DialLimits;
  readonly underWay: UnderWay;
  /** Whether what this service does counts; else the others have given it up, and do it themselves. */
  readonly mayAct: () => boolean;
}

/**
 * Sends the messages that are due: in turns between clients and under each one's limits, as calls are. The begin of
 * each is committed before a gateway is given it, what came of it afterwards; between the two it may have gone, and is
 * never sent again.
 */
export class Messages {
  readonly #parts: MessageParts;
  readonly #sender: SmsSender;
  readonly #queue = new CallQueue();
  readonly #due: DueCalls;
  readonly #later = new Map<number, NodeJS.Timeout>();
  /** Those whose client is being read, see the dialer's. */
  readonly #queueing = new Set<number>();
  #sending = 0;
  #pumpTimer: NodeJS.Timeout | undefined;
  #stopped = false;
  readonly #onDue = (seq: number, at: number): void => {
    this.#enqueue(seq, at);
  };

  constructor(parts: MessageParts, sender: SmsSender) {
    this.#parts = parts;
    this.#sender = sender;
    this.#due = new DueCalls(
      parts.store,
      parts.clock,
      parts.log,
      (seq, at) => {
        if (this.#queue.has(seq) || this.#later.has(seq)) return;
        this.#enqueue(seq, at);
      },
      "sms",
    );
  }

  /** Takes over what waits. */
  async start(): Promise<void> {
    const { store } = this.#parts;
    store.hints.on("message_due", this.#onDue);
    await this.#due.start();
  }

  /** Nothing is sent from now on; what waits stays in the database. Resolves when what is under way has its answer. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#pumpTimer);
    this.#due.stop();
    this.#parts.store.hints.off("message_due", this.#onDue);
    for (const timer of this.#later.values()) clearTimeout(timer);
    this.#sender.halt();
    await this.#parts.underWay.settled();
  }

  #enqueue(seq: number, at: number): void {
    if (this.#stopped) return;
    const ms = at - this.#parts.clock();
    clearTimeout(this.#later.get(seq));
    this.#later.delete(seq);
    if (ms <= 0) {
      void this.#queueUp(seq);
      return;
    }
    const timer = setTimeout(() => {
      this.#later.delete(seq);
      void this.#queueUp(seq);
    }, ms);
    this.#later.set(seq, timer);
  }

  async #queueUp(seq: number): Promise<void> {
    const { store, clock, log, limits } = this.#parts;
    if (this.#queueing.has(seq)) return;
    this.#queueing.add(seq);
    try {
      const client = await readClientOf(store.read, seq);
      if (client === undefined) return;
      const { clientId, settings, numberIndex } = client;
      const { perMinute: callsPerMinute } = limitsOfClient(limits.calls, settings);
      const waiting = { seq, clientId, number: numberIndex.toString("hex"), since: clock() };
      this.#queue.push(waiting, { maxCalls: MOST_OF_CLIENT, callsPerMinute });
    } catch (error) {
      // Still due: the next look finds it.
      if (!this.#stopped) log.error("a message could not be queued", { seq, error: errorText(error) });
    } finally {
      this.#queueing.delete(seq);
    }
    this.#pump();
  }

  #pump(): void {
    clearTimeout(this.#pumpTimer);
    const { clock } = this.#parts;
    while (!this.#stopped && this.#sending < MOST_AT_ONCE) {
      const now = clock();
      const readyIn = this.#queue.readyIn(now);
      if (readyIn > 0) {
        if (readyIn < Infinity) this.#pumpTimer = setTimeout(this.#pump.bind(this), readyIn);
        return;
      }
      const next = this.#queue.begin(now);
      if (next === undefined) return;
      void this.#send(next);
    }
  }

  /** Never rejects. */
  async #send(waiting: Waiting): Promise<void> {
    const { seq, clientId } = waiting;
    const { store, clock, log, limits, underWay, mayAct } = this.#parts;
    const id = uuidv7();
    const about = log.child({ message: id, client: clientId });
    this.#sending += 1;
    const answered = underWay.begin();
    let held: Held | undefined;
    try {
      const begun = await beginMessage(store, seq, id, limits, clock(), () => !this.#stopped && mayAct());
      if (begun?.kind !== "begun") {
        held = begun;
        answered();
        return;
      }
      this.#queue.admitted(waiting, clock());
      const { verification, ...message } = begun;
      const isWanted = (): Promise<boolean> =>
        findVerificationBySeq(store.read, seq).then(
          (row) => row !== undefined && !isFinal(row.status) && mayAct(),
          // Of a database that is away nobody knows: as it was begun.
          () => true,
        );
      const outcome = await this.#sender.send({ id, ...message, isWanted });
      const own = about.child({ verification: verification.id });
      const at = clock();
      if (outcome.kind === "withdrawn") {
        own.info("message withdrawn", { why: outcome.why });
        await this.#owe(own, answered, () =>
          outcome.why === "halted" ? undoMessage(store, id, at) : noteAnswer(store, id, WITHDRAWN, at),
        );
        return;
      }
      own.info("message handed over", { outcome: outcome.kind, gateway: outcome.gateway });
      await this.#owe(own, answered, () => noteAnswer(store, id, answerOf(outcome), at));
    } catch (error) {
      answered();
      // Begun or not, it is in the database: what is due still is found again, what was begun is never sent again.
      about.error("a message could not be sent", { error: errorText(error) });
    } finally {
      this.#sending -= 1;
      if (held === undefined) this.#queue.ended(waiting, clock());
      else this.#queue.putBack(waiting, held, clock());
      this.#pump();
    }
  }

  /** A refused commit is tried again; until it is made, reports of the message wait. */
  async #owe(log: Logger, answered: () => void, note: () => Promise<void>): Promise<void> {
    const write = async (): Promise<void> => {
      await note();
      answered();
    };
    await this.#parts.owed.write("what came of a message", write, log);
  }
}
