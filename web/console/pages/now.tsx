import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import { LiveState } from "../live-state.js";
import { ConnectionNotice } from "../parts/connection-notice.js";
import { LiveRow } from "../parts/live-row.js";
import { HealthCard } from "../parts/live-health.js";
import { LinesCard } from "../parts/live-lines.js";
import { Page } from "../parts/page.js";
import { useLive } from "../parts/use-live.js";
import { nowText } from "../text/now-text.js";
import { text } from "../text/text.js";

/** What happens at this moment. */
export function NowPage(): VNode {
  const own = nowText.value;
  const state = useMemo(() => new LiveState(), []);
  const connection = useLive(null, (message) => {
    state.take(message);
  });
  return (
    <Page title={text.value.navNow} lead={own.lead}>
      <ConnectionNotice connection={connection} />
      {state.health.value === null ? null : (
        <>
          <LinesCard lines={state.lines.value} />
          <HealthCard health={state.health.value} />
          <Calls state={state} />
        </>
      )}
    </Page>
  );
}

function Calls({ state }: { readonly state: LiveState }): VNode {
  const own = nowText.value;
  const order = state.order.value;
  return (
    <div class="card">
      <h2 id="calls">
        {own.calls} <span class="muted small">{own.callCount(order.length)}</span>
      </h2>
      {order.length === 0 ? (
        <p class="muted">{own.noCalls}</p>
      ) : (
        <div class="scroll" role="region" aria-labelledby="calls" tabIndex={0}>
          <table class="calls">
            <thead>
              <tr>
                <th scope="col">{own.number}</th>
                <th scope="col">{own.state}</th>
                <th scope="col">{own.input}</th>
                <th scope="col">{own.client}</th>
                <th scope="col">{own.direction}</th>
                <th scope="col">{own.inState}</th>
                <th scope="col">{own.duration}</th>
              </tr>
            </thead>
            <tbody>
              {order.map((key) => {
                const call = state.call(key);
                return call === undefined ? null : <LiveRow key={key} call={call} aheadMs={state.aheadMs} />;
              })}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}
