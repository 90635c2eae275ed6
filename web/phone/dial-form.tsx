import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { Choice, Field } from "../console/parts/field.js";
import { phoneText } from "./phone-text.js";
import { dial, state } from "./telephone.js";

/** Calls one of our numbers, as whoever. */
export function DialForm({ dids }: { readonly dids: readonly string[] }): VNode {
  const t = phoneText.value;
  const [did, setDid] = useState(dids[0] ?? "");
  const [caller, setCaller] = useState("");
  if (dids.length === 0) return <p class="muted">{t.noDids}</p>;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        dial(did, asDigits(caller));
      }}
    >
      <Choice label={t.did} value={did} options={dids.map((one) => [one, one])} onValue={setDid} />
      <Field
        label={t.caller}
        hint={t.callerHint}
        name="caller"
        type="tel"
        inputMode="tel"
        autocomplete="off"
        maxLength={24}
        value={caller}
        onValue={setCaller}
      />
      <p class="actions">
        <button type="submit" disabled={state.value !== "ready"}>
          {t.dial}
        </button>
      </p>
    </form>
  );
}

/** Numbers are typed with hyphens and blanks, and in Japan also in full width. */
function asDigits(typed: string): string {
  return typed.normalize("NFKC").replaceAll(/[^0-9+]/g, "");
}
