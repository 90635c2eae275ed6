import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { ShownWebhook, WebhookAnswer, WebhookSecret } from "../../../../src/console/contract/clients.js";
import { ask } from "../../api.js";
import { Field, Notice } from "../../parts/field.js";
import { Waiting } from "../../parts/page.js";
import { ShownOnce } from "../../parts/shown-once.js";
import { Time } from "../../parts/time.js";
import { useAction } from "../../parts/use-action.js";
import { useAnswer } from "../../parts/use-answer.js";
import { useWrongFields } from "../../parts/wrong-fields.js";
import { clientsText } from "../../text/clients-text.js";
import { WebhookState } from "./webhook-state.js";
import { WebhookActs } from "./webhook-acts.js";

/** Where the events of a client go. */
export function Webhook({ id, mayChange }: { readonly id: string; readonly mayChange: boolean }): VNode {
  const t = clientsText.value;
  const answer = useAnswer<WebhookAnswer>(`clients/${id}/webhook`);
  const [secret, setSecret] = useState<string | null>(null);
  if (answer.value === undefined) return <Waiting fault={answer.fault} again={answer.again} />;
  const { webhook } = answer.value;
  return (
    <>
      <section class="card" aria-labelledby="webhook">
        <h2 id="webhook">{t.webhook}</h2>
        <p class="muted">{t.webhookMeans}</p>
        {webhook === null ? (
          <p>
            <WebhookState state="none" />
          </p>
        ) : (
          <Standing webhook={webhook} />
        )}
        {mayChange ? (
          <UrlForm id={id} webhook={webhook} onSecret={setSecret} onChange={answer.again} />
        ) : null}
      </section>
      {webhook !== null && mayChange ? (
        <WebhookActs id={id} webhook={webhook} onSecret={setSecret} onChange={answer.again} />
      ) : null}
      {secret === null ? null : (
        <ShownOnce
          title={t.secretIssued}
          means={t.secretOnce}
          secret={secret}
          onClose={() => {
            setSecret(null);
          }}
        />
      )}
    </>
  );
}

function Standing({ webhook }: { readonly webhook: NonNullable<ShownWebhook> }): VNode {
  const t = clientsText.value;
  return (
    <dl class="facts">
      <dt>{t.state}</dt>
      <dd>
        <WebhookState state={webhook.enabled ? "enabled" : "disabled"} />{" "}
        {webhook.disabled_at === null ? null : <Time at={webhook.disabled_at} />}
      </dd>
      <dt>{t.url}</dt>
      <dd>
        <code>{webhook.url}</code>
      </dd>
      {webhook.disabled_why === null ? null : (
        <>
          <dt>{t.disabledWhy}</dt>
          <dd lang="en">{webhook.disabled_why}</dd>
        </>
      )}
      <dt>{t.waiting}</dt>
      <dd class="number">{webhook.pending}</dd>
      <dt>{t.givenUp}</dt>
      <dd class="number">{webhook.failed}</dd>
      {webhook.previous_secret_until === null ? null : (
        <>
          <dt>{t.oldSecretUntil}</dt>
          <dd>
            <Time at={webhook.previous_secret_until} />
          </dd>
        </>
      )}
    </dl>
  );
}

function UrlForm({
  id,
  webhook,
  onSecret,
  onChange,
}: {
  readonly id: string;
  readonly webhook: ShownWebhook;
  readonly onSecret: (secret: string) => void;
  readonly onChange: () => void;
}): VNode {
  const t = clientsText.value;
  const [url, setUrl] = useState(webhook?.url ?? "");
  const [isDone, setDone] = useState(false);
  const { isWrong, naming } = useWrongFields();
  const set = useAction(() =>
    naming(async () => {
      setDone(false);
      const { secret } = await ask<WebhookSecret>("PUT", `clients/${id}/webhook`, { url });
      if (secret !== null) onSecret(secret);
      setDone(true);
      onChange();
    }),
  );
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        set.act();
      }}
    >
      {set.fault === null ? null : <Notice>{set.fault}</Notice>}
      {isDone ? <Notice kind="good">{t.webhookSet}</Notice> : null}
      <Field
        label={t.url}
        hint={t.urlHint}
        fault={isWrong("url") ? t.urlWrong : null}
        type="url"
        maxLength={2048}
        value={url}
        onValue={setUrl}
      />
      <p class="actions">
        <button type="submit" disabled={set.busy}>
          {webhook?.enabled === true ? t.changeUrl : t.setUrl}
        </button>
      </p>
    </form>
  );
}
