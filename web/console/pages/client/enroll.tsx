import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { ask } from "../../api.js";
import { Dialog, FormActions } from "../../parts/dialog.js";
import { Field, Notice } from "../../parts/field.js";
import { useAction } from "../../parts/use-action.js";
import { useWrongFields } from "../../parts/wrong-fields.js";
import { enrollmentsText } from "../../text/client-enrollments-text.js";

const EMPTY = { phone_number: "", id: "", pin: "", dids: "", expires_at: "" } as const;
type Fields = { readonly [Name in keyof typeof EMPTY]: string };

/** Enrolls one number. */
export function Enroll({
  id,
  onMade,
  onClose,
}: {
  readonly id: string;
  readonly onMade: () => void;
  readonly onClose: () => void;
}): VNode {
  const t = enrollmentsText.value;
  const [fields, setFields] = useState<Fields>(EMPTY);
  const { isWrong, naming } = useWrongFields();
  const make = useAction(() =>
    naming(async () => {
      await ask("POST", `clients/${id}/enrollments`, bodyOf(fields));
      onMade();
    }),
  );
  const field = (
    name: keyof Fields,
    fault: string,
  ): Pick<Parameters<typeof Field>[0], "value" | "onValue" | "fault"> => ({
    value: fields[name],
    onValue: (value) => {
      setFields({ ...fields, [name]: value });
    },
    fault: isWrong(name) ? fault : null,
  });
  return (
    <Dialog title={t.add} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          make.act();
        }}
      >
        {make.fault === null ? null : <Notice>{make.fault}</Notice>}
        <Field label={t.number} type="tel" required {...field("phone_number", t.wrongNumber)} />
        <Field label={t.pin} hint={t.pinHint} inputMode="numeric" {...field("pin", t.wrongPin)} />
        <Field label={t.dids} hint={t.didsHint} {...field("dids", t.wrongDids)} />
        <Field
          label={t.expires}
          hint={t.expiresHint}
          type="datetime-local"
          {...field("expires_at", t.wrongExpiry)}
        />
        <Field label={t.id} hint={t.idHint} maxLength={64} {...field("id", t.wrongId)} />
        <FormActions send={t.add} busy={make.busy} onClose={onClose} />
      </form>
    </Dialog>
  );
}

/** What is left empty is left out. */
function bodyOf({ expires_at: at, ...others }: Fields): Readonly<Record<string, string>> {
  const given = Object.entries(others)
    .map(([name, value]) => [name, value.trim()] as const)
    .filter(([, value]) => value !== "");
  return { ...Object.fromEntries(given), ...(at === "" ? {} : { expires_at: new Date(at).toISOString() }) };
}
