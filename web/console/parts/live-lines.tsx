import type { VNode } from "preact";
import type { LiveLines } from "../../../src/console/contract/live.js";
import { nowText } from "../text/now-text.js";

const REASONS = ["line", "turn", "number", "pause", "link", "service"] as const;

/** How many lines are in use, and what waits for which reason. */
export function LinesCard({ lines }: { readonly lines: LiveLines | null }): VNode | null {
  const own = nowText.value;
  if (lines === null) return null;
  const waiting = REASONS.filter((why) => lines.waiting[why] > 0);
  return (
    <section class="card" aria-labelledby="lines">
      <h2 id="lines">{own.lines}</h2>
      <p>
        <strong class="number">{own.linesInUse(lines.in_use, lines.max)}</strong>
        <meter class="lines" min={0} max={lines.max} value={lines.in_use} aria-labelledby="lines" />
      </p>
      {waiting.length === 0 ? (
        <p class="muted">{own.nobodyWaits}</p>
      ) : (
        <ul class="tags">
          {waiting.map((why) => (
            <li key={why}>
              <span class="tag wait">{own.waitCount(own[`waits_${why}`], lines.waiting[why])}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
