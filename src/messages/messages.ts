import { v7 as uuidv7 } from "uuid";
import { beginMessage } from "../acts/begin-message.js";
import { noteAnswer, noteGiven, undoMessage } from "../acts/note-message.js";
import type { Held } from "../acts/shared-limits.js";
import { type DialLimits, limitsOfClient } from "../clients/call-limits.js";
import type { Clock } from "../clock.js";
import { errorText, type Logger } from "../log.js";
import type { SmsSender } from "../sms/sms-sender.js";
import type { Store } from "../store/store.js";
import { findVerificationBySeq } from "../store/verifications.js";
import { isFinal } from "../verification/status.js";
import { CallQueue, type Waiting } from "../telephony/call-queue.js";
import { Intake } from "../telephony/intake.js";
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
 * each is committed, and that its turn at a gateway has come, what came of it afterwards; between the last two it may
 * have gone, and is never sent again.
 */
export class Messages {
  readonly #parts: MessageParts;
  readonly #sender: SmsSender;
  readonly #queue: CallQueue;
  readonly #intake: Intake<Waiting>;
  #sending = 0;
  #pumpTimer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(parts: MessageParts, sender: SmsSender) {
    this.#parts = parts;
    this.#sender = sender;
    const { store, clock, log, limits } = parts;
    this.#queue = new CallQueue(store);
    this.#intake = new Intake({
      ...{ store, clock, log, channel: "sms", queue: this.#queue },
      entry: (seq, { clientId, settings, numberIndex }) => {
        const { perMinute: callsPerMinute } = limitsOfClient(limits.calls, settings);
        const call = { seq, clientId, number: numberIndex.toString("hex"), since: clock() };
        return { call, limits: { maxCalls: MOST_OF_CLIENT, callsPerMinute } };
      },
      onQueued: this.#pump.bind(this),
    });
  }

  /** Takes over what waits. */
  start(): Promise<void> {
    return this.#intake.start();
  }

  /** Nothing is sent from now on; what waits stays in the database. Resolves when what is under way has its answer. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#pumpTimer);
    this.#intake.stop();
    this.#sender.halt();
    await this.#parts.underWay.settled();
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
      const onTurn = (): Promise<boolean> => (mayAct() ? noteGiven(store, id) : Promise.resolve(false));
      const outcome = await this.#sender.send({ id, ...message, isWanted, onTurn });
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
