import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { mayAs } from "../../../src/admins/role.js";
import type { VerificationTold } from "../../../src/console/contract/verifications.js";
import { ask } from "../api.js";
import { Confirm } from "../parts/dialog.js";
import { Notice } from "../parts/field.js";
import { Page, Waiting } from "../parts/page.js";
import { Time } from "../parts/time.js";
import { useAction } from "../parts/use-action.js";
import { useAnswer } from "../parts/use-answer.js";
import { me } from "../session.js";
import { verificationsText } from "../text/verifications-text.js";
import {
  CHANNEL_WORDS,
  DIRECTION_WORDS,
  LINE_WORDS,
  LOCALE_WORDS,
  METHOD_WORDS,
} from "../text/verification-words.js";
import { EventsTable } from "../verifications/events-table.js";
import { StatusTag } from "../verifications/status-tag.js";
import { Fact, Timeline } from "../verifications/timeline-list.js";
import { WholeNumber } from "../verifications/whole-number.js";

/** One verification. @param path client and id, as in the address. */
export function VerificationPage({ path }: { readonly path: string }): VNode {
  const own = verificationsText.value;
  const told = useAnswer<VerificationTold>(`verifications/${path}`);
  return (
    <Page
      title={own.title}
      actions={
        <>
          <a class="button secondary" href="/verifications">
            {own.toList}
          </a>
          <button type="button" class="secondary" onClick={told.again}>
            {own.reload}
          </button>
        </>
      }
    >
      {told.value === undefined ? (
        <Waiting fault={told.fault} again={told.again} />
      ) : (
        <>
          {told.fault === null ? null : <Notice>{told.fault}</Notice>}
          <Told of={told.value} onChange={told.again} />
        </>
      )}
    </Page>
  );
}

function Told({ of, onChange }: { readonly of: VerificationTold; readonly onChange: () => void }): VNode {
  const here = me.value;
  const mayAct = here !== null && here !== undefined && mayAs(here.role, "operator");
  return (
    <>
      <Overview of={of} mayAct={mayAct} onChange={onChange} />
      <Timeline of={of} />
      <EventsTable of={of} mayAct={mayAct} onChange={onChange} />
    </>
  );
}

/** The transaction that the code agrees to. */
function Agreed({ to }: { readonly to: NonNullable<VerificationTold["transaction"]> }): VNode {
  const own = verificationsText.value;
  return (
    <>
      <h3>{own.transaction}</h3>
      <dl class="facts">
        <Fact name={own.amount} value={`${to.amount} ${to.currency}`} />
        <Fact name={own.payee} value={to.payee ?? own.forgotten} />
        <Fact name={own.reference} value={to.reference ?? own.forgotten} />
      </dl>
    </>
  );
}

function Overview({
  of,
  mayAct,
  onChange,
}: {
  readonly of: VerificationTold;
  readonly mayAct: boolean;
  readonly onChange: () => void;
}): VNode {
  const own = verificationsText.value;
  const metadata = Object.entries(of.metadata);
  return (
    <section class="card" aria-labelledby="overview">
      <h2 id="overview">{own.overview}</h2>
      <dl class="facts">
        <Fact name={own.id} value={<code>{of.id}</code>} />
        <Fact name={own.status} value={<StatusTag of={of} />} />
        <Fact name={own.number} value={<WholeNumber of={of} mayAct={mayAct} />} />
        <Fact name={own.lineType} value={LINE_WORDS.value[of.line_type]} />
        <Fact name={own.client} value={of.client.name} />
        <Fact name={own.direction} value={DIRECTION_WORDS.value[of.direction]} />
        <Fact name={own.method} value={METHOD_WORDS.value[of.method]} />
        <Fact name={own.channel} value={CHANNEL_WORDS.value[of.channel]} />
        <Fact name={own.locale} value={LOCALE_WORDS.value[of.locale]} />
        {of.call_to === null ? null : <Fact name={own.callTo} value={of.call_to} />}
        {of.enrollment_id === null ? null : (
          <Fact name={own.enrollment} value={<code>{of.enrollment_id}</code>} />
        )}
        <Fact name={own.registered} value={<Time at={of.created_at} />} />
        <Fact name={own.expires} value={<Time at={of.expires_at} />} />
        <Fact name={own.ended} value={<Time at={of.completed_at} />} />
        <Fact name={own.codeEntries} value={own.times(of.code_entries, of.max_code_entries)} />
        <Fact name={own.callsMade} value={callsOf(of)} />
      </dl>
      {of.transaction === null ? null : <Agreed to={of.transaction} />}
      {metadata.length === 0 ? null : (
        <>
          <h3>{own.metadata}</h3>
          <dl class="facts">
            {metadata.map(([name, value]) => (
              <Fact key={name} name={name} value={value} />
            ))}
          </dl>
        </>
      )}
      {of.completed_at === null && mayAct ? <Cancel of={of} onChange={onChange} /> : null}
      {of.completed_at === null ? null : (
        <p class="actions">
          <a
            class="button secondary"
            href={`/api/verifications/${of.client.id}/${encodeURIComponent(of.id)}/receipt`}
            download={`receipt-${of.id}.jwt`}
          >
            {own.receipt}
          </a>
        </p>
      )}
    </section>
  );
}

/** Whoever calls in may do so as often as they like. */
function callsOf({ direction, calls, max_call_attempts: most }: VerificationTold): string {
  return direction === "outbound" ? verificationsText.value.times(calls.length, most) : String(calls.length);
}

function Cancel({ of, onChange }: { readonly of: VerificationTold; readonly onChange: () => void }): VNode {
  const own = verificationsText.value;
  const [asking, setAsking] = useState(false);
  const cancel = useAction(async () => {
    await ask("POST", `verifications/${of.client.id}/${of.id}/cancel`, {});
    setAsking(false);
    onChange();
  });
  return (
    <>
      <p class="actions">
        <button
          type="button"
          class="danger"
          onClick={() => {
            setAsking(true);
          }}
        >
          {own.cancelIt}
        </button>
      </p>
      {asking ? (
        <Confirm
          title={own.cancelIt}
          question={own.cancelSure}
          yes={own.cancelIt}
          busy={cancel.busy}
          fault={cancel.fault}
          onYes={cancel.act}
          onClose={() => {
            setAsking(false);
          }}
        />
      ) : null}
    </>
  );
}
