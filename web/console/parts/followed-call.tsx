import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { LiveCall, LiveStep } from "../../../src/console/contract/live.js";
import type { TestCall } from "../../../src/console/contract/test-calls.js";
import { liveText } from "../text/live-text.js";
import { testCallText } from "../text/test-call-text.js";
import { language } from "../text/text.js";
import { OUTCOME_WORDS } from "../text/verification-words.js";
import { ConnectionNotice } from "./connection-notice.js";
import { PhaseTag, Result } from "./live-row.js";
import { useKeptEnd } from "./use-kept-end.js";
import { useLive } from "./use-live.js";

/** A call that was placed from here: the code to key, and what happens until it ends. */
export function FollowedCall({
  placed,
  onAgain,
}: {
  readonly placed: TestCall;
  readonly onAgain: () => void;
}): VNode {
  const own = testCallText.value;
  const [call, setCall] = useState<LiveCall | null>(null);
  const [steps, setSteps] = useState<readonly LiveStep[]>([]);
  const [isUnknown, setUnknown] = useState(false);
  const kept = useKeptEnd(placed, isUnknown);
  const end = call?.phase === "ended" ? call : kept;
  const isOver = end !== null;
  // What ended is forgotten by the service after some seconds, and stays here.
  const connection = useLive(isOver ? undefined : placed.verification_id, (message) => {
    if (message.type !== "followed") return;
    setUnknown(message.call === null);
    if (message.call !== null) setCall(message.call);
    if (message.steps.length > 0) setSteps(message.steps);
  });
  return (
    <>
      {isOver ? null : <ConnectionNotice connection={connection} />}
      {isOver ? null : (
        <section class="card" aria-labelledby="code">
          <h2 id="code">{own.codeTitle}</h2>
          <p class="code-to-key">{placed.code}</p>
          <p>{own.codeMeans}</p>
          <p class="number">{own.calling(placed.number)}</p>
        </section>
      )}
      <section class="card" aria-labelledby="timeline">
        <h2 id="timeline">{own.timeline}</h2>
        <div role="status">
          {end !== null ? (
            <p>
              <Result call={end} />
            </p>
          ) : call === null ? (
            <p class="muted">{own.nothingYet}</p>
          ) : (
            <p>
              <PhaseTag call={call} />
            </p>
          )}
        </div>
        <ol class="steps">
          {steps.map((step, nth) => (
            <li key={nth}>
              <StepTime at={step.at} />
              {stepText(step)}
            </li>
          ))}
        </ol>
      </section>
      {isOver ? (
        <p class="actions">
          <button type="button" onClick={onAgain}>
            {own.again}
          </button>
        </p>
      ) : null}
    </>
  );
}

function stepText({ what, keys, verdict, tries_left, outcome }: LiveStep): string {
  const own = testCallText.value;
  const t = liveText.value;
  switch (what) {
    case "keys":
      return own.stepKeys(keys ?? 0);
    case "ruled": {
      const said = verdict === null ? "" : t[`verdict_${verdict}`];
      return own.stepRuled(tries_left === null ? said : t.because(said, t.triesLeft(tries_left)));
    }
    case "ended":
      return own.stepEnded(outcome === null ? "" : OUTCOME_WORDS.value[outcome]);
    case "placed":
    case "arrived":
    case "ringing":
    case "answered":
    case "speaking":
    case "listening":
      return t[`phase_${what}`];
  }
}

function StepTime({ at }: { readonly at: string }): VNode {
  const shown = new Intl.DateTimeFormat(language.value === "ja" ? "ja-JP" : "en-GB", {
    timeStyle: "medium",
  }).format(new Date(at));
  return (
    <time dateTime={at} class="number">
      {shown}
    </time>
  );
}
