import type { VNode } from "preact";
import { Choice, Field } from "../../parts/field.js";
import { clientsText } from "../../text/clients-text.js";

/** When a key is to end, as it is being filled in. */
export interface End {
  readonly kind: "never" | "days" | "at";
  readonly days: string;
  /** As `datetime-local` has it, in the browser's own zone. */
  readonly at: string;
}

export const NO_END: End = { kind: "never", days: "365", at: "" };

/** As the service takes it; days are counted by its own clock. */
export function endOf({ kind, days, at }: End): Readonly<Record<string, unknown>> {
  switch (kind) {
    case "never":
      return { expires_at: null };
    case "days":
      return { expires_in_days: Number(days) };
    case "at": {
      const time = new Date(at);
      return { expires_at: Number.isNaN(time.getTime()) ? "" : time.toISOString() };
    }
  }
}

export function EndFields({
  end,
  isWrong,
  onEnd,
}: {
  readonly end: End;
  readonly isWrong: boolean;
  readonly onEnd: (end: End) => void;
}): VNode {
  const t = clientsText.value;
  const fault = isWrong ? t.endWrong : null;
  return (
    <>
      <Choice
        label={t.endKind}
        value={end.kind}
        options={[
          ["never", t.endNever],
          ["days", t.endDays],
          ["at", t.endAt],
        ]}
        onValue={(kind) => {
          onEnd({ ...end, kind });
        }}
      />
      {end.kind === "days" ? (
        <Field
          label={t.days}
          inputMode="numeric"
          required
          maxLength={4}
          fault={fault}
          value={end.days}
          onValue={(days) => {
            onEnd({ ...end, days });
          }}
        />
      ) : null}
      {end.kind === "at" ? (
        <Field
          label={t.at}
          type="datetime-local"
          required
          fault={fault}
          value={end.at}
          onValue={(at) => {
            onEnd({ ...end, at });
          }}
        />
      ) : null}
    </>
  );
}
