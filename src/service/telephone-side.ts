import { closeOrphans } from "../acts/close-orphans.js";
import { errorText } from "../log.js";
import type { Membership } from "../nodes/membership.js";
import type { AsteriskLink } from "./asterisk-link.js";
import { Deadlines } from "../upkeep/deadlines.js";
import type { CallPrompts } from "../prompts/call-prompts.js";
import type { PayeeSounds } from "../prompts/payee-voice.js";
import type { Store } from "../store/store.js";
import { tellOfBudgets } from "../telephony/budget-log.js";
import { tellOfLockedPins } from "../telephony/pin-log.js";
import { createCallEvents, type CallEvents } from "../telephony/call-events.js";
import type { CallParts } from "../telephony/call-parts.js";
import { Calls } from "../telephony/calls.js";
import { Dialer } from "../telephony/dialer.js";
import { Inbound } from "../telephony/inbound.js";
import { hangUpLeftovers } from "../telephony/leftovers.js";
import { OwedWrites } from "../telephony/owed-writes.js";
import { mayBeCalled } from "../telephony/route.js";
import { TrunkLines } from "../telephony/trunk-lines.js";
import type { Running } from "./running.js";

/** A call that is cut off at the end of the drain has its end stored: as long as the database may take for that. */
const DRAIN_SPARE_MS = 15_000;

/** Calls out and in, and the deadlines of verifications. */
export class TelephoneSide {
  readonly dialer: Dialer;
  readonly inbound: Inbound;
  readonly payees: PayeeSounds;
  readonly events: CallEvents = createCallEvents();
  #started = false;
  /** Extensions whose telephone is a browser now; the relay keeps it. */
  readonly inBrowser = new Set<string>();
  readonly #calls: Calls;
  readonly #running: Running;
  readonly #store: Store;
  readonly #owed: OwedWrites;
  readonly #deadlines: Deadlines;

  constructor(
    running: Running,
    { ari, bundled }: AsteriskLink,
    store: Store,
    prompts: CallPrompts,
    payees: PayeeSounds,
    membership: Membership,
  ) {
    this.payees = payees;
    const { settings, log, clock, metrics, teardown, stopping } = running;
    this.#running = running;
    this.#store = store;
    metrics.calls.listen(this.events);
    const owed = new OwedWrites(log);
    this.#owed = owed;
    teardown.add("owed writes", () => owed.stop());
    tellOfBudgets(store, log);
    tellOfLockedPins(store, log);
    const parts: CallParts = {
      ...{ ari, store, owed, clock, log, prompts, payees },
      events: this.events,
      settings: settings.calls,
      mayAct: () => membership.counts,
      hasOthers: () => membership.hasOthers,
      ...(bundled === null ? {} : { overheard: bundled.overheard }),
    };
    const routes = { ...settings.routes, inBrowser: this.inBrowser };
    this.#calls = new Calls(parts);
    hangUpLeftovers(parts, this.#calls);
    const lines = new TrunkLines({
      table: routes,
      testPhones: settings.dialing.testPhones,
      isRefused: (trunk) =>
        bundled?.registrations.some(({ name, refused }) => name === trunk && refused) === true,
      log,
    });
    this.dialer = new Dialer(parts, this.#calls, lines, settings.dialing);
    this.inbound = new Inbound(parts, this.#calls, {
      answer: settings.answerInbound,
      limits: settings.calls.limits,
      dids: settings.dids,
      arrivals: settings.arrivals,
      trustAsserted: settings.trustAsserted,
      mayCall: (number, allow) => mayBeCalled(number, [...settings.outboundAllow, ...allow], routes),
    });
    // Once all calls have ended: who calls meanwhile is refused, and does not ring into silence.
    teardown.add("hearing of calls", () => {
      this.#calls.stop();
    });
    this.#deadlines = new Deadlines(store, clock, log);
    stopping.addEventListener("abort", this.#halt, { once: true });
  }

  /** Whether calls are placed and taken, or were until the stop. */
  get started(): boolean {
    return this.#started;
  }

  /** Writes that the database has refused and that are tried again. */
  get owedWrites(): number {
    return this.#owed.size;
  }

  /** Whether calls are made and taken, where nobody has asked for a stop. */
  open(isOpen: boolean): void {
    if (this.#running.stopping.aborted) return;
    if (isOpen) this.dialer.goOn();
    else this.dialer.pause();
    this.inbound.refuse(!isOpen);
  }

  /** Others have closed the calls of this service: it lets go of them, and takes none. */
  async letGo(): Promise<void> {
    this.open(false);
    await this.#calls.cutAll();
  }

  /** Looks for what others have done to calls and verifications of ours. */
  readonly looks: readonly (() => Promise<void>)[] = [
    (): Promise<void> => this.#calls.lookForEnds(),
    (): Promise<void> => this.#deadlines.look(),
  ];

  /** Nothing is dialled or taken from now on. */
  readonly #halt = (): void => {
    this.dialer.halt();
    this.inbound.refuse();
  };

  /** Never rejects but at the start. */
  async closeOrphans(): Promise<void> {
    await this.#closeOrphans().catch((error: unknown) => {
      this.#running.log.error("calls that nobody serves could not be closed", { error: errorText(error) });
    });
  }

  async #closeOrphans(): Promise<void> {
    const { settings, clock, log } = this.#running;
    const { calls, messages } = await closeOrphans(this.#store, settings.calls.redialPauseMs, clock());
    if (calls > 0) log.warn("calls that nobody served any more were closed", { calls });
    if (messages > 0) log.warn("messages that may have gone were not sent again", { messages });
  }

  /** Last of all steps, so that it is the first undone: while calls finish, results can still be asked for. */
  async start(drainMs: () => number): Promise<void> {
    const { teardown, stopping } = this.#running;
    teardown.add("deadlines", () => {
      this.#deadlines.stop();
    });
    const drain = (): Promise<void> => {
      this.#halt();
      return this.#calls.drain(drainMs(), () => this.dialer.beginning);
    };
    teardown.add("calls", drain, () => drainMs() + DRAIN_SPARE_MS);
    for (const step of [
      () => this.#closeOrphans(),
      () => this.#calls.start(),
      () => this.dialer.start(),
      () => this.#deadlines.start(),
    ]) {
      await step();
      stopping.throwIfAborted();
    }
    this.#started = true;
  }
}
