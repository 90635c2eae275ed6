import { signal } from "@preact/signals";
import type { VNode } from "preact";

/** One clock for all that count seconds. */
const second = signal(Date.now());
window.setInterval(() => {
  second.value = Date.now();
}, 1_000);

/** Time since then, which goes on. @param aheadMs by how much this browser's clock is ahead. */
export function Elapsed({ since, aheadMs }: { readonly since: string; readonly aheadMs: number }): VNode {
  return <Duration ms={second.value - aheadMs - Date.parse(since)} />;
}

/** What is over: its time stands. */
export function Lasted({ from, to }: { readonly from: string; readonly to: string }): VNode {
  return <Duration ms={Date.parse(to) - Date.parse(from)} />;
}

/** In minutes and seconds. */
function Duration({ ms }: { readonly ms: number }): VNode {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const shown = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  return (
    <time dateTime={`PT${seconds}S`} class="number">
      {shown}
    </time>
  );
}
