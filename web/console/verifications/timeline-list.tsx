import type { VNode } from "preact";
import type { CallTold, VerificationTold } from "../../../src/console/contract/verifications.js";
import { happeningsOf } from "../../../src/console/words/happenings.js";
import { Time } from "../parts/time.js";
import { endingText } from "../text/ending-words.js";
import { q850Words, sipWords } from "../text/telephony-words.js";
import { language } from "../text/text.js";
import { verificationsText } from "../text/verifications-text.js";
import { NOTE_WORDS, OUTCOME_WORDS } from "../text/verification-words.js";

/** The whole story, from the registration to the last hang-up. */
export function Timeline({ of }: { readonly of: VerificationTold }): VNode {
  const own = verificationsText.value;
  const goesOn = of.calls.some(({ ended_at }) => ended_at === null);
  return (
    <section class="card" aria-labelledby="timeline">
      <h2 id="timeline">{own.timeline}</h2>
      <p class="muted small">{own.timelineMeans}</p>
      <ol class="timeline">
        {happeningsOf(of, language.value).map((one, nth) => (
          <li key={nth} class={one.kind}>
            <Time at={one.at} />
            <div>
              {one.call === null ? null : <span class="tag plain">{own.call(one.call)}</span>}{" "}
              <strong>{one.what}</strong>
              {one.more === undefined ? null : <p class="more">{one.more}</p>}
              {one.ended === undefined ? null : <CallEnd call={one.ended} />}
            </div>
          </li>
        ))}
      </ol>
      {goesOn ? <p role="status">{own.callGoesOn}</p> : null}
    </section>
  );
}

function CallEnd({ call }: { readonly call: CallTold }): VNode {
  const own = verificationsText.value;
  const { end, outcome, sip_status: sip, q850_cause: q850, caller } = call;
  const [what, advice] = end === null ? [null, null] : endingText(end.ending);
  const by = {
    us: own.endedByUs,
    person: own.endedByPerson,
    carrier: own.endedByCarrier,
    unknown: own.endedByUnknown,
  };
  return (
    <div class="call-end">
      {what === null ? null : <p>{what}</p>}
      <p class="small">
        {outcome === null ? null : <span class="tag plain">{OUTCOME_WORDS.value[outcome]}</span>}{" "}
        {end === null ? null : <span class="tag plain">{by[end.by]}</span>}
      </p>
      {advice === null ? null : (
        <p class="notice wait">
          <strong>{own.whatToDo}</strong>: {advice}
        </p>
      )}
      {call.note === null ? null : <p class="notice wait">{NOTE_WORDS.value[call.note]}</p>}
      <dl class="facts">
        {call.trunk === null ? null : <Fact name={own.trunk} value={call.trunk} />}
        {call.gateway === null ? null : <Fact name={own.gateway} value={call.gateway} />}
        {call.gateway_error === null ? null : <Fact name={own.gatewayError} value={call.gateway_error} />}
        {sip === null ? null : <Fact name={own.sip} value={sipWords(sip)} />}
        {q850 === null ? null : <Fact name={own.q850} value={q850Words(q850)} />}
        {caller === null ? null : (
          <>
            <Fact name={own.callerFrom} value={caller.from ?? "—"} />
            <Fact name={own.callerAsserted} value={caller.p_asserted_identity ?? "—"} />
            {caller.privacy === null ? null : <Fact name="Privacy" value={caller.privacy} />}
            {caller.stir_shaken === null ? null : <Fact name="STIR/SHAKEN" value={caller.stir_shaken} />}
          </>
        )}
      </dl>
      {call.answered_at !== null && call.story === null ? <p class="muted small">{own.noStory}</p> : null}
      {call.story === null || call.story.left_out === 0 ? null : (
        <p class="muted small">{own.stepsLeftOut(call.story.left_out)}</p>
      )}
    </div>
  );
}

export function Fact({ name, value }: { readonly name: string; readonly value: string | VNode }): VNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
