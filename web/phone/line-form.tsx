import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Phone, PhoneAccount } from "../../src/console/contract/phone.js";
import { ask } from "../console/api.js";
import { Choice, Notice } from "../console/parts/field.js";
import { useAction } from "../console/parts/use-action.js";
import { phoneText } from "./phone-text.js";
import { start, state, stop, usesMicrophone } from "./telephone.js";

/** Which telephone this browser is. */
export function LineForm({
  phone,
  chosen,
  onChosen,
}: {
  readonly phone: Phone;
  readonly chosen: string;
  readonly onChosen: (name: string) => void;
}): VNode {
  const t = phoneText.value;
  const [microphone, setMicrophone] = useState<"none" | "default">("none");
  const begin = useAction(async () => {
    usesMicrophone.value = microphone === "default";
    await start(await ask<PhoneAccount>("GET", `phone/accounts/${chosen}`));
  });
  const numbers = phone.extensions.find(({ name }) => name === chosen)?.numbers ?? [];
  if (state.value !== "off") {
    return (
      <p class="actions">
        <strong>{t.extensionOption(chosen, numbers.join("、"))}</strong>
        <button type="button" class="secondary small" onClick={stop}>
          {t.stop}
        </button>
      </p>
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        begin.act();
      }}
    >
      {begin.fault === null ? null : <Notice>{begin.fault}</Notice>}
      <div class="columns">
        <Choice
          label={t.extension}
          value={chosen}
          options={phone.extensions.map(({ name, numbers: own }) => [
            name,
            t.extensionOption(name, own.length === 0 ? t.noNumber : own.join("、")),
          ])}
          onValue={onChosen}
        />
        <Choice
          label={t.microphone}
          value={microphone}
          options={[
            ["none", t.microphoneNone],
            ["default", t.microphoneDefault],
          ]}
          onValue={setMicrophone}
        />
      </div>
      <p class="muted small">
        {t.permissionHint} {t.takesOver}
      </p>
      <p class="actions">
        <button type="submit" disabled={begin.busy}>
          {t.start}
        </button>
      </p>
    </form>
  );
}
