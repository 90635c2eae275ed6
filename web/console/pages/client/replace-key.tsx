import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { IssuedKey, ShownKey } from "../../../../src/console/contract/clients.js";
import { ask } from "../../api.js";
import { Dialog, FormActions } from "../../parts/dialog.js";
import { Field, Notice } from "../../parts/field.js";
import { useAction } from "../../parts/use-action.js";
import { useWrongFields } from "../../parts/wrong-fields.js";
import { clientsText } from "../../text/clients-text.js";
import { nameOf } from "./key-name.js";

/** A new key for the same use, and an end of the old one, in one go. */
export function ReplaceKey({
  client,
  old,
  onMade,
  onClose,
}: {
  /** Its id. */
  readonly client: string;
  readonly old: ShownKey;
  readonly onMade: (key: IssuedKey) => void;
  readonly onClose: () => void;
}): VNode {
  const t = clientsText.value;
  const [label, setLabel] = useState(old.label);
  const [days, setDays] = useState("1");
  const { isWrong, naming } = useWrongFields();
  const replace = useAction(() =>
    naming(async () => {
      const body = { label, old_ends_in_days: Number(days) };
      onMade(await ask<IssuedKey>("POST", `clients/${client}/keys/${old.id}/replace`, body));
    }),
  );
  return (
    <Dialog title={`${t.replace}: ${nameOf(old)}`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          replace.act();
        }}
      >
        <p>{t.replaceMeans}</p>
        {replace.fault === null ? null : <Notice>{replace.fault}</Notice>}
        <Field label={t.label} hint={t.labelHint} maxLength={64} value={label} onValue={setLabel} />
        <Field
          label={t.oldEndsIn}
          inputMode="numeric"
          required
          maxLength={3}
          fault={isWrong("old_ends_in_days") ? t.oldEndWrong : null}
          value={days}
          onValue={setDays}
        />
        <FormActions send={t.replaceNow} busy={replace.busy} onClose={onClose} />
      </form>
    </Dialog>
  );
}
