import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Revealed, VerificationTold } from "../../../src/console/contract/verifications.js";
import { ask } from "../api.js";
import { Dialog } from "../parts/dialog.js";
import { Field, Notice } from "../parts/field.js";
import { useAction } from "../parts/use-action.js";
import { text } from "../text/text.js";
import { verificationsText } from "../text/verifications-text.js";

/** The number, masked; whole for whoever may see it and says why. Gone with the page. */
export function WholeNumber({
  of,
  mayAct,
}: {
  readonly of: VerificationTold;
  readonly mayAct: boolean;
}): VNode {
  const own = verificationsText.value;
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState("");
  const [number, setNumber] = useState<string | null>(null);
  const reveal = useAction(async () => {
    const revealed = await ask<Revealed>("POST", `verifications/${of.client.id}/${of.id}/number`, { reason });
    setNumber(revealed.number);
    setAsking(false);
    setReason("");
  });
  return (
    <>
      <span class="number" aria-live="polite">
        {number ?? of.number}
      </span>{" "}
      {mayAct ? (
        <button
          type="button"
          class="secondary small"
          onClick={() => {
            if (number === null) setAsking(true);
            else setNumber(null);
          }}
        >
          {number === null ? own.reveal : own.hide}
        </button>
      ) : null}
      {asking ? (
        <Dialog
          title={own.reveal}
          onClose={() => {
            setAsking(false);
          }}
        >
          <form
            onSubmit={(event) => {
              event.preventDefault();
              reveal.act();
            }}
          >
            <p class="muted">{own.revealMeans}</p>
            {reveal.fault === null ? null : <Notice>{reveal.fault}</Notice>}
            <Field
              label={own.revealReason}
              hint={own.revealReasonHint}
              required
              maxLength={200}
              value={reason}
              onValue={setReason}
            />
            <p class="actions">
              <button type="submit" disabled={reveal.busy || reason.trim() === ""}>
                {own.reveal}
              </button>
              <button
                type="button"
                class="secondary"
                onClick={() => {
                  setAsking(false);
                }}
              >
                {text.value.cancel}
              </button>
            </p>
          </form>
        </Dialog>
      ) : null}
    </>
  );
}
