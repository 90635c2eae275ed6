import type { ReadonlySignal } from "@preact/signals";
import type { VNode } from "preact";
import type { LiveCall } from "../../../src/console/contract/live.js";
import { liveText } from "../text/live-text.js";
import { nowText } from "../text/now-text.js";
import { OUTCOME_WORDS, REASON_WORDS, STATUS_WORDS } from "../text/verification-words.js";
import { Elapsed, Lasted } from "./elapsed.js";

/** One call. Drawn anew when this call changes, and not when another does. */
export function LiveRow({
  call,
  aheadMs,
}: {
  readonly call: ReadonlySignal<LiveCall>;
  readonly aheadMs: ReadonlySignal<number>;
}): VNode {
  const own = nowText.value;
  const { number, client, direction, since, started_at, phase } = call.value;
  return (
    <tr class={phase === "ended" ? "over" : ""}>
      <th scope="row" class="number">
        {number}
      </th>
      <td>
        <PhaseTag call={call.value} />
      </td>
      <td>
        <Entered call={call.value} />
      </td>
      <td>{client}</td>
      <td>{own[direction]}</td>
      <td>
        <Elapsed since={since} aheadMs={aheadMs.value} />
      </td>
      <td>
        {phase === "ended" ? (
          <Lasted from={started_at} to={since} />
        ) : (
          <Elapsed since={started_at} aheadMs={aheadMs.value} />
        )}
      </td>
    </tr>
  );
}

/** How far it has come; where it waits, for what. */
export function PhaseTag({ call }: { readonly call: LiveCall }): VNode {
  const t = liveText.value;
  const { phase, waits_for } = call;
  if (phase === "queued") {
    return (
      <>
        <span class="tag wait">{t.phase_queued}</span>{" "}
        <span class="small">{waits_for === null ? "" : t[`wait_${waits_for}`]}</span>
      </>
    );
  }
  return <span class={phase === "ended" ? "tag plain" : "tag"}>{t[`phase_${phase}`]}</span>;
}

/** What was keyed, as dots, and what came of it. */
function Entered({ call }: { readonly call: LiveCall }): VNode | null {
  const t = liveText.value;
  const { phase, keys, verdict, tries_left } = call;
  if (phase === "ended") return <Result call={call} />;
  return (
    <>
      {keys === 0 ? null : (
        <span class="dots" role="img" aria-label={t.keys(keys)}>
          {"●".repeat(Math.min(keys, 40))}
        </span>
      )}
      {verdict === null || (verdict === "wrong" && keys > 0) ? null : (
        <span class={verdict === "verified" ? "tag" : "tag bad"}>
          {t[`verdict_${verdict}`]}
          {tries_left === null ? "" : ` · ${t.triesLeft(tries_left)}`}
        </span>
      )}
    </>
  );
}

/** How it came out: the verification where it has ended, else the call. */
export function Result({
  call: { status, reason, outcome },
}: {
  readonly call: Pick<LiveCall, "status" | "reason" | "outcome">;
}): VNode {
  const t = liveText.value;
  const word = STATUS_WORDS.value[status];
  if (status === "verified") return <span class="tag">{word}</span>;
  if (status === "pending" || status === "in_progress") {
    return <span class="tag plain">{outcome === null ? t.open : OUTCOME_WORDS.value[outcome]}</span>;
  }
  const said = reason === null ? word : t.because(word, REASON_WORDS.value[reason]);
  return <span class="tag bad">{said}</span>;
}
