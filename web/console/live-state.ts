import { signal, type Signal } from "@preact/signals";
import type { LiveCall, LiveHealth, LiveLines, LiveMessage } from "../../src/console/contract/live.js";

/**
 * What a page shows of this moment. Each call is a signal of its own: what changes on one call draws its row anew and
 * no other, however many there are.
 */
export class LiveState {
  readonly lines = signal<LiveLines | null>(null);
  readonly health = signal<LiveHealth | null>(null);
  /** Keys, in the order in which they are shown. */
  readonly order = signal<readonly string[]>([]);
  /** By how much the clock of this browser is ahead of the service's, milliseconds. */
  readonly aheadMs = signal(0);
  readonly #calls = new Map<string, Signal<LiveCall>>();

  call(key: string): Signal<LiveCall> | undefined {
    return this.#calls.get(key);
  }

  take(message: LiveMessage): void {
    if (message.type === "followed") return;
    if (message.type === "snapshot") {
      this.aheadMs.value = Date.now() - Date.parse(message.at);
      const there = new Set(message.calls.map(({ key }) => key));
      for (const key of this.#calls.keys()) if (!there.has(key)) this.#calls.delete(key);
    } else {
      for (const key of message.gone) this.#calls.delete(key);
    }
    if (message.lines !== undefined) this.lines.value = message.lines;
    if (message.health !== undefined) this.health.value = message.health;
    for (const call of message.calls) {
      const known = this.#calls.get(call.key);
      if (known === undefined) this.#calls.set(call.key, signal(call));
      else known.value = call;
    }
    this.#sort();
  }

  /** Calls first, the latest above; then what waits, the longest waiting above. A call that ends stays where it is. */
  #sort(): void {
    const order = [...this.#calls.values()]
      .map(({ value }) => value)
      .sort((a, b) => {
        const [isWaiting, isOtherWaiting] = [a.phase === "queued", b.phase === "queued"];
        if (isWaiting !== isOtherWaiting) return isWaiting ? 1 : -1;
        const [earlier, later] = isWaiting ? [a, b] : [b, a];
        return earlier.started_at.localeCompare(later.started_at) || earlier.key.localeCompare(later.key);
      })
      .map(({ key }) => key);
    const before = this.order.value;
    if (order.length === before.length && order.every((key, nth) => key === before[nth])) return;
    this.order.value = order;
  }
}
