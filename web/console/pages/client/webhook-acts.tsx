import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type {
  Redelivered,
  ShownWebhook,
  WebhookSecret,
  WebhookTest,
} from "../../../../src/console/contract/clients.js";
import { ask } from "../../api.js";
import { Confirm } from "../../parts/dialog.js";
import { Field, Notice } from "../../parts/field.js";
import { useAction } from "../../parts/use-action.js";
import { useWrongFields } from "../../parts/wrong-fields.js";
import { clientsText } from "../../text/clients-text.js";
import { faultWords } from "../../text/delivery-words.js";

interface ActsProps {
  readonly id: string;
  readonly webhook: NonNullable<ShownWebhook>;
  readonly onSecret: (secret: string) => void;
  readonly onChange: () => void;
}

/** What is done with a webhook that is there. */
export function WebhookActs(props: ActsProps): VNode {
  return (
    <>
      {props.webhook.enabled ? <Test {...props} /> : null}
      <Secret {...props} />
      <Deliveries {...props} />
    </>
  );
}

function Test({ id }: ActsProps): VNode {
  const t = clientsText.value;
  const [outcome, setOutcome] = useState<WebhookTest | null>(null);
  const test = useAction(async () => {
    setOutcome(null);
    setOutcome(await ask<WebhookTest>("POST", `clients/${id}/webhook/test`, {}));
  });
  return (
    <section class="card" aria-labelledby="webhook-test">
      <h2 id="webhook-test">{t.test}</h2>
      <p class="muted">{t.testMeans}</p>
      {test.fault === null ? null : <Notice>{test.fault}</Notice>}
      {outcome === null ? null : (
        <Notice kind={outcome.error === null ? "good" : "bad"}>{outcomeText(outcome)}</Notice>
      )}
      <p class="actions">
        <button type="button" class="secondary" disabled={test.busy} onClick={test.act}>
          {t.test}
        </button>
      </p>
    </section>
  );
}

function outcomeText({ status, error }: WebhookTest): string {
  const t = clientsText.value;
  if (status === null) return t.testFailed(faultWords(error ?? ""), error ?? "");
  return error === null ? t.testGood(status) : t.testRefused(status);
}

function Secret({ id, onSecret, onChange }: ActsProps): VNode {
  const t = clientsText.value;
  const [hours, setHours] = useState("24");
  const { isWrong, naming } = useWrongFields();
  const rotate = useAction(() =>
    naming(async () => {
      const body = { overlap_hours: hours.trim() === "" ? -1 : Number(hours) };
      const { secret } = await ask<WebhookSecret>("POST", `clients/${id}/webhook/rotate`, body);
      if (secret !== null) onSecret(secret);
      onChange();
    }),
  );
  return (
    <section class="card" aria-labelledby="webhook-secret">
      <h2 id="webhook-secret">{t.secret}</h2>
      <p class="muted">{t.secretMeans}</p>
      {rotate.fault === null ? null : <Notice>{rotate.fault}</Notice>}
      <form
        class="columns"
        onSubmit={(event) => {
          event.preventDefault();
          rotate.act();
        }}
      >
        <Field
          label={t.overlap}
          hint={t.overlapHint}
          fault={isWrong("overlap_hours") ? t.overlapWrong : null}
          inputMode="numeric"
          maxLength={6}
          value={hours}
          onValue={setHours}
        />
        <p class="actions">
          <button type="submit" class="secondary" disabled={rotate.busy}>
            {t.rotate}
          </button>
        </p>
      </form>
    </section>
  );
}

function Deliveries({ id, webhook, onChange }: ActsProps): VNode | null {
  const t = clientsText.value;
  const [again, setAgain] = useState<number | null>(null);
  const [isAsked, setAsked] = useState(false);
  const redeliver = useAction(async () => {
    const { redelivered } = await ask<Redelivered>("POST", `clients/${id}/webhook/redeliver`, {});
    setAgain(redelivered);
    onChange();
  });
  const disable = useAction(async () => {
    await ask("POST", `clients/${id}/webhook/disable`, {});
    setAsked(false);
    onChange();
  });
  return (
    <section class="card" aria-labelledby="deliveries">
      <h2 id="deliveries">{t.givenUp}</h2>
      <p class="number">{webhook.failed}</p>
      {redeliver.fault === null ? null : <Notice>{redeliver.fault}</Notice>}
      {again === null ? null : <Notice kind="good">{t.redelivered(again)}</Notice>}
      <p class="actions">
        {webhook.enabled ? (
          <>
            <button
              type="button"
              class="secondary"
              disabled={redeliver.busy || webhook.failed === 0}
              onClick={redeliver.act}
            >
              {t.redeliver}
            </button>
            <button
              type="button"
              class="danger"
              onClick={() => {
                setAsked(true);
              }}
            >
              {t.disable}
            </button>
          </>
        ) : null}
      </p>
      {isAsked ? (
        <Confirm
          title={t.disable}
          question={t.disableSure}
          yes={t.disable}
          busy={disable.busy}
          fault={disable.fault}
          onYes={disable.act}
          onClose={() => {
            setAsked(false);
          }}
        />
      ) : null}
    </section>
  );
}
