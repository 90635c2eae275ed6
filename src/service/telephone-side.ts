import type { AsteriskLink } from "./asterisk-link.js";
import { Deadlines } from "../upkeep/deadlines.js";
import type { CallPrompts } from "../prompts/call-prompts.js";
import type { Store } from "../store/store.js";
import { tellOfBudgets } from "../telephony/budget-log.js";
import { createCallEvents, type CallEvents } from "../telephony/call-events.js";
import type { CallParts } from "../telephony/call-parts.js";
import { Dialer } from "../telephony/dialer.js";
import { Inbound } from "../telephony/inbound.js";
import { OwedWrites } from "../telephony/owed-writes.js";
import { mayBeCalled } from "../telephony/route.js";
import type { Running } from "./running.js";

/** A call that is cut off at the end of the drain has its end stored: as long as the database may take for that. */
const DRAIN_SPARE_MS = 15_000;

/** Calls out and in, and the deadlines of verifications. */
export class TelephoneSide {
  readonly dialer: Dialer;
  readonly inbound: Inbound;
  readonly calls: CallEvents = createCallEvents();
  readonly #running: Running;
  readonly #deadlines: Deadlines;

  constructor(running: Running, { ari, bundled }: AsteriskLink, store: Store, prompts: CallPrompts) {
    const { settings, log, clock, teardown, stopping } = running;
    this.#running = running;
    const owed = new OwedWrites(log);
    teardown.add("owed writes", () => owed.stop());
    tellOfBudgets(store, log);
    const parts: CallParts = {
      ...{ ari, store, owed, clock, log, prompts },
      events: this.calls,
      settings: settings.calls,
      ...(bundled === null ? {} : { overheard: bundled.overheard }),
    };
    const { routes } = settings;
    this.dialer = new Dialer(parts, routes, settings.dialing);
    this.inbound = new Inbound(parts, {
      answer: settings.answerInbound,
      limits: settings.calls.limits,
      dids: settings.dids,
      didFrom: settings.didFrom,
      trustAsserted: settings.trustAsserted,
      mayCall: (number, allow) => mayBeCalled(number, [...settings.outboundAllow, ...allow], routes),
    });
    // Once all calls have ended: who calls meanwhile is refused, and does not ring into silence.
    teardown.add("calls in", () => {
      this.inbound.stop();
    });
    this.#deadlines = new Deadlines(store, clock, log);
    const halt = (): void => {
      this.dialer.halt();
      this.inbound.refuse();
    };
    stopping.addEventListener("abort", halt, { once: true });
  }

  /** Last of all steps, so that it is the first undone: while calls finish, results can still be asked for. */
  async start(drainMs: () => number): Promise<void> {
    const { teardown, stopping } = this.#running;
    teardown.add("deadlines", () => {
      this.#deadlines.stop();
    });
    const drain = async (): Promise<void> => {
      await Promise.all([this.dialer.drain(drainMs()), this.inbound.drain(drainMs())]);
    };
    teardown.add("calls", drain, () => drainMs() + DRAIN_SPARE_MS);
    for (const part of [this.dialer, this.inbound, this.#deadlines]) {
      await part.start();
      stopping.throwIfAborted();
    }
  }
}
