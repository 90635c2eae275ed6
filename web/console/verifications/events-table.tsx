import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { EventTold, VerificationTold } from "../../../src/console/contract/verifications.js";
import { ask } from "../api.js";
import { Notice } from "../parts/field.js";
import { Time } from "../parts/time.js";
import { useAction } from "../parts/use-action.js";
import { deliveryAnswer } from "../text/delivery-words.js";
import { text } from "../text/text.js";
import { verificationsText } from "../text/verifications-text.js";

type Delivery = NonNullable<EventTold["delivery"]>;

/** What the client was told, and whether it has arrived. */
export function EventsTable({
  of,
  mayAct,
  onChange,
}: {
  readonly of: VerificationTold;
  readonly mayAct: boolean;
  readonly onChange: () => void;
}): VNode {
  const own = verificationsText.value;
  const [sent, setSent] = useState(false);
  const redeliver = useAction(async (event: string) => {
    setSent(false);
    await ask("POST", `verifications/${of.client.id}/${of.id}/events/${event}/redeliver`, {});
    setSent(true);
    onChange();
  });
  return (
    <section class="card" aria-labelledby="events">
      <h2 id="events">{own.events}</h2>
      <p class="muted small">{own.eventsMeans}</p>
      {redeliver.fault === null ? null : <Notice>{redeliver.fault}</Notice>}
      {sent ? <Notice kind="good">{own.redelivered}</Notice> : null}
      {of.events.length === 0 ? (
        <p>{own.noEvents}</p>
      ) : (
        <div class="scroll" role="region" aria-label={own.delivery} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">{text.value.when}</th>
                <th scope="col">{own.event}</th>
                <th scope="col">{own.delivery}</th>
                <th scope="col">{own.tries}</th>
                <th scope="col">{own.lastAnswer}</th>
                {mayAct && of.webhook ? (
                  <th scope="col">
                    <span class="unseen">{text.value.act}</span>
                  </th>
                ) : null}
              </tr>
            </thead>
            <tbody>
              {of.events.map((event) => (
                <tr key={event.id}>
                  <td>
                    <Time at={event.at} />
                  </td>
                  <th scope="row">
                    <code>{event.type}</code>
                  </th>
                  <td>
                    <State of={event.delivery} />
                  </td>
                  <td class="number">{event.delivery?.attempts ?? "—"}</td>
                  <td>
                    <LastAnswer of={event.delivery} />
                  </td>
                  {mayAct && of.webhook ? (
                    <td>
                      <button
                        type="button"
                        class="secondary small"
                        aria-label={`${own.redeliver}: ${event.type}`}
                        disabled={redeliver.busy}
                        onClick={() => {
                          redeliver.act(event.id);
                        }}
                      >
                        {own.redeliver}
                      </button>
                    </td>
                  ) : null}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

/** In words, with the code beside for whoever looks it up. */
function LastAnswer({ of }: { readonly of: Delivery | null }): VNode {
  const answer = of === null ? null : deliveryAnswer(of);
  if (answer === null) return <span class="muted">—</span>;
  return (
    <>
      {answer.words} <code>{answer.code}</code>
    </>
  );
}

function State({ of }: { readonly of: Delivery | null }): VNode {
  const own = verificationsText.value;
  if (of === null) return <span class="muted">{own.deliveryNone}</span>;
  const words: Readonly<Record<Delivery["state"], readonly [kind: string, text: string]>> = {
    waiting: ["tag wait", own.deliveryWaiting],
    retrying: ["tag wait", own.deliveryRetrying],
    delivered: ["tag", own.deliveryDelivered],
    failed: ["tag bad", own.deliveryFailed],
  };
  const [kind, word] = words[of.state];
  return (
    <>
      <span class={kind}>{word}</span>
      {of.state !== "retrying" || of.next_attempt_at === null ? null : (
        <span class="small">
          {" "}
          {own.nextTry}: <Time at={of.next_attempt_at} />
        </span>
      )}
    </>
  );
}
