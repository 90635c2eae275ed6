import { setTimeout as pause } from "node:timers/promises";
import type { Clock } from "../../clock.js";
import type { Logger } from "../../log.js";
import type { GatewayStanding } from "../gateway-standing.js";
import type { SendOutcome, ShortMessage, SmsSender } from "../sms-sender.js";
import type { HandedOver, Untried, Way } from "./way.js";
import { WayRest } from "./way-rest.js";

export interface FailoverParts {
  /** In their order. */
  readonly ways: readonly Way[];
  readonly log: Logger;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random?: () => number;
  /** Told what came of each hand-over, and how long it took with its wait for a turn. */
  readonly onHandedOver?: (gateway: string, kind: HandedOver["kind"], ms: number) => void;
}

/** So long a message waits for a link that is down, where nothing else takes it. */
const WAIT_FOR_LINK_MS = 10_000;
/** Between looks whether it is up. */
const LOOK_EVERY_MS = 200;

interface Candidate {
  readonly way: Way;
  readonly rest: WayRest;
}

/** What has been tried for one message. */
interface Tried {
  readonly refusedBy: Set<string>;
  /** Who said the last word, and which. */
  last: { readonly gateway: string; readonly code: string } | null;
  readonly downUntil: number;
}

/**
 * Gateways, the first of which that is well gets the message; the next one gets it only where it has certainly not gone
 * by the one before.
 */
export class FailoverSender implements SmsSender {
  readonly #parts: FailoverParts;
  readonly #candidates: readonly Candidate[];
  readonly #ended = new AbortController();

  constructor(parts: FailoverParts) {
    this.#parts = parts;
    const random = parts.random ?? Math.random;
    this.#candidates = parts.ways.map((way) => ({ way, rest: new WayRest(random) }));
  }

  /** In their order. */
  standings(): readonly GatewayStanding[] {
    const now = this.#parts.clock();
    return this.#candidates.map(({ way: { name, isUp, whyDown }, rest }): GatewayStanding => {
      if (!isUp) return { name, state: "down", why: whyDown };
      return rest.restsUntil > now
        ? { name, state: "resting", why: rest.why }
        : { name, state: "up", why: null };
    });
  }

  async send(message: ShortMessage): Promise<SendOutcome> {
    const tried: Tried = {
      refusedBy: new Set(),
      last: null,
      downUntil: this.#parts.clock() + WAIT_FOR_LINK_MS,
    };
    for (;;) {
      if (this.#ended.signal.aborted) return { kind: "withdrawn", why: "halted" };
      const open = this.#openTo(message, tried.refusedBy);
      const ended = this.#hasEnded(message, open);
      if (ended !== null) {
        return { kind: "refused", ...(tried.last ?? { gateway: open[0]?.way.name ?? "", code: ended }) };
      }
      const candidate = this.#choose(open, tried);
      if (candidate === null) {
        await this.#untilOneMay(open, message.giveUpAt);
        if (!(await message.isWanted())) return { kind: "withdrawn", why: "unwanted" };
        continue;
      }
      const outcome = await this.#handOver(candidate, message, tried);
      if (outcome !== null) return outcome;
    }
  }

  halt(): void {
    this.#ended.abort();
    for (const way of this.#parts.ways) way.halt();
  }

  async close(): Promise<void> {
    this.halt();
    await Promise.all(this.#parts.ways.map((way) => way.close()));
  }

  #openTo({ to }: ShortMessage, without: ReadonlySet<string>): readonly Candidate[] {
    return this.#candidates.filter(
      ({ way }) =>
        !without.has(way.name) &&
        (way.prefixes.length === 0 || way.prefixes.some((prefix) => to.startsWith(prefix))),
    );
  }

  #hasEnded({ giveUpAt }: ShortMessage, open: readonly Candidate[]): string | null {
    if (open.length === 0) return "no_gateway";
    return this.#parts.clock() >= giveUpAt ? "given_up" : null;
  }

  /** Who is up and well; else who is up; else who has failed longest ago. null: there is something to wait for. */
  #choose(open: readonly Candidate[], { downUntil }: Tried): Candidate | null {
    const now = this.#parts.clock();
    const allowed = open.filter(({ rest }) => rest.pausesUntil <= now);
    const up = allowed.filter(({ way }) => way.isUp);
    if (up.length === 0 && now < downUntil) return null;
    const byRest = [...(up.length > 0 ? up : allowed)].sort((a, b) => a.rest.restsUntil - b.rest.restsUntil);
    return up.find(({ rest }) => rest.restsUntil <= now) ?? byRest[0] ?? null;
  }

  /** Until a pause that a gateway asked for is over, and not so long where a link may come up. */
  async #untilOneMay(open: readonly Candidate[], giveUpAt: number): Promise<void> {
    const now = this.#parts.clock();
    const pauses = open.map(({ way, rest }) =>
      rest.pausesUntil > now ? rest.pausesUntil - now : way.isUp ? 0 : LOOK_EVERY_MS,
    );
    await this.#pause(Math.max(1, Math.min(giveUpAt - now, ...pauses)));
  }

  async #pause(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.#ended.signal }).catch(() => undefined);
  }

  /** @returns null: the message may go by another, or by the same one later. */
  async #handOver(
    { way, rest }: Candidate,
    message: ShortMessage,
    tried: Tried,
  ): Promise<SendOutcome | null> {
    const { log, clock, onHandedOver } = this.#parts;
    const gateway = way.name;
    const begun = performance.now();
    const handed = await way.handOver(message);
    if (handed.kind === "untried") return this.#untried(gateway, handed, tried);
    onHandedOver?.(gateway, handed.kind, performance.now() - begun);
    if (handed.kind === "accepted") {
      if (rest.worked()) log.info("the SMS gateway works again", { gateway });
      return { kind: "accepted", gateway, reference: handed.reference };
    }
    const { code } = handed;
    log.warn("an SMS was not taken", { gateway, attempt: message.id, came: handed.kind, code });
    tried.last = { gateway, code };
    switch (handed.kind) {
      case "unknown":
        rest.failed(clock(), code);
        return { kind: "unknown", gateway, code };
      case "refused":
        if (handed.whose === "gateway") rest.failed(clock(), code);
        else rest.worked();
        tried.refusedBy.add(gateway);
        return null;
      case "throttled":
        rest.throttled(clock(), handed.afterMs);
        // Else those behind it go on at its pace: one in between that was too much is no reason for all to stop.
        if (handed.afterMs !== null || this.#hasOther(way, message)) way.putBack();
        return null;
      case "down":
        if (clock() >= tried.downUntil) tried.refusedBy.add(gateway);
        return null;
    }
  }

  /** Whether another gateway is well that takes the message. */
  #hasOther(way: Way, message: ShortMessage): boolean {
    const now = this.#parts.clock();
    return this.#openTo(message, new Set([way.name])).some(
      ({ way: other, rest }) => other.isUp && rest.restsUntil <= now && rest.pausesUntil <= now,
    );
  }

  /** The gateway has not been asked: nothing is said of it. */
  #untried(gateway: string, { why }: Untried, tried: Tried): SendOutcome | null {
    if (why === "unwanted") return { kind: "withdrawn", why };
    if (why === "no_turn") {
      tried.last = { gateway, code: why };
      tried.refusedBy.add(gateway);
    }
    return null;
  }
}
