import type { Held } from "../acts/shared-limits.js";
import type { Logger } from "../log.js";
import type { E164 } from "../verification/phone-number.js";
import { carriersOf, dialStringBy, type RoutingTable, testPhoneOf } from "./route.js";
import { type Fate, TrunkLine } from "./trunk-line.js";
import type { Unanswered } from "./unanswered.js";
import type { TrunkRoute } from "./way.js";

/** A line that was taken for a call. */
export interface TakenLine {
  /** Null: of a test telephone. */
  readonly trunk: TrunkRoute | null;
  /** As Asterisk dials it. */
  readonly endpoint: string;
}

export interface TrunkLinesParts {
  readonly table: RoutingTable<TrunkRoute>;
  readonly testPhones: { readonly maxCalls: number; readonly maxCallsPerSecond: number };
  /** Whether the trunk of this name refuses our registration. */
  readonly isRefused: (trunk: string) => boolean;
  readonly log: Pick<Logger, "info" | "warn">;
  readonly random?: () => number;
}

/**
 * Which trunk a call leaves by. Of those that carry its number and have a line free: those that rest after failures, or
 * refuse our registration, come last, the one whose rest ends first before the others; else the order decides, and
 * among equals chance by weight.
 */
export class TrunkLines {
  readonly #parts: TrunkLinesParts;
  readonly #lines: ReadonlyMap<string, TrunkLine>;
  readonly #testPhones: TrunkLine;
  readonly #random: () => number;
  #onFreed: () => void = () => undefined;

  constructor(parts: TrunkLinesParts) {
    this.#parts = parts;
    this.#random = parts.random ?? Math.random;
    this.#lines = new Map(parts.table.trunks.map((trunk) => [trunk.name, new TrunkLine(trunk)]));
    const { maxCalls, maxCallsPerSecond: maxCps } = parts.testPhones;
    this.#testPhones = new TrunkLine({ maxCalls, maxCps });
  }

  /** @param listener told whenever a line was given back: another call may have waited for it. */
  onFreed(listener: () => void): void {
    this.#onFreed = listener;
  }

  /** Milliseconds until a call to this number finds a line; 0 too where there is no way at all. */
  readyIn(number: E164, now: number): number {
    if (testPhoneOf(number, this.#parts.table) !== null) return this.#testPhones.readyIn(now);
    const waits = this.#carriers(number, []).map(({ name }) => this.#line(name).readyIn(now));
    return waits.length === 0 ? 0 : Math.min(...waits);
  }

  /**
   * Takes a line, which {@link ended} gives back.
   *
   * @param tried names of trunks that have been tried for this call.
   * @returns null when there is none.
   */
  take(number: E164, now: number, tried: readonly string[] = []): TakenLine | null {
    const endpoint = testPhoneOf(number, this.#parts.table);
    if (endpoint !== null) {
      return this.#testPhones.take(now, this.#random) ? { trunk: null, endpoint } : null;
    }
    const free = this.#carriers(number, tried).filter(({ name }) => this.#line(name).readyIn(now) === 0);
    const trunk = this.#choose(free, now);
    const dialled = trunk === null ? null : dialStringBy(number, trunk);
    if (trunk === null || dialled === null || !this.#line(trunk.name).take(now, this.#random)) return null;
    return { trunk, endpoint: dialled };
  }

  /** Whether {@link take} would find another line for this call. */
  hasAnother(number: E164, now: number, tried: readonly string[]): boolean {
    return this.#carriers(number, tried).some(({ name }) => this.#line(name).readyIn(now) === 0);
  }

  /** Whether a call to this number would find a line, were it its turn. */
  hasFree(number: E164): boolean {
    if (testPhoneOf(number, this.#parts.table) !== null) return !this.#testPhones.isFull;
    const carriers = this.#carriers(number, []);
    return carriers.length === 0 || carriers.some(({ name }) => !this.#line(name).isFull);
  }

  giveBack({ trunk }: TakenLine): void {
    this.#line(trunk?.name ?? null).giveBack();
  }

  /** The same of one that the calls of all nodes leave no room for. */
  held(line: TakenLine, held: Held, now: number): void {
    this.giveBack(line);
    if (held.by === "trunk") this.#line(line.trunk?.name ?? null).heard(held, now);
  }

  /** There was room for this one. */
  admitted({ trunk }: TakenLine, now: number): void {
    this.#line(trunk?.name ?? null).heard(null, now);
  }

  /** Calls may have ended, here or elsewhere. @returns whether others may be begun now that could not. */
  lift(now: number): boolean {
    return [...this.#lines.values()].map((line) => line.lift(now)).includes(true);
  }

  /** The next turn by a trunk of a service that is alone, see {@link TrunkLine.turn}. */
  turn(trunk: string, now: number, leadMs: number): number {
    return this.#line(trunk).turn(now, leadMs);
  }

  ended({ trunk: route }: TakenLine, fate: Fate, now: number): void {
    const trunk = route?.name ?? null;
    const news = this.#line(trunk).ended(trunk === null ? "neither" : fate, now, this.#random);
    const { log } = this.#parts;
    this.#onFreed();
    if (news === "recovered") log.info("the trunk works again", { trunk });
    else if (news !== null)
      log.warn("the trunk failed: calls go by another for a while", { trunk, ms: news.restsMs });
  }

  unanswered(trunk: string): Unanswered {
    return this.#line(trunk).unanswered;
  }

  #carriers(number: E164, tried: readonly string[]): readonly TrunkRoute[] {
    return carriersOf(number, this.#parts.table.trunks).filter(({ name }) => !tried.includes(name));
  }

  #choose(trunks: readonly TrunkRoute[], now: number): TrunkRoute | null {
    const well = trunks.filter(
      ({ name }) => this.#line(name).restsUntil <= now && !this.#parts.isRefused(name),
    );
    if (well.length === 0) {
      const byRest = [...trunks].sort(
        (a, b) => this.#line(a.name).restsUntil - this.#line(b.name).restsUntil,
      );
      return byRest[0] ?? null;
    }
    const least = Math.min(...well.map(({ order }) => order));
    return byWeight(
      well.filter(({ order }) => order === least),
      this.#random(),
    );
  }

  #line(trunk: string | null): TrunkLine {
    return (trunk === null ? undefined : this.#lines.get(trunk)) ?? this.#testPhones;
  }
}

/** @param chance uniform in [0, 1). */
function byWeight(trunks: readonly TrunkRoute[], chance: number): TrunkRoute | null {
  let left = chance * trunks.reduce((sum, { weight }) => sum + weight, 0);
  for (const trunk of trunks) {
    left -= trunk.weight;
    if (left < 0) return trunk;
  }
  return trunks.at(-1) ?? null;
}
