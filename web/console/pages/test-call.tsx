import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { TestCall, TestPhones } from "../../../src/console/contract/test-calls.js";
import { ask } from "../api.js";
import { Choice, Field, Notice } from "../parts/field.js";
import { Page, Waiting } from "../parts/page.js";
import { FollowedCall } from "../parts/followed-call.js";
import { useAction } from "../parts/use-action.js";
import { useAnswer } from "../parts/use-answer.js";
import { testCallText } from "../text/test-call-text.js";
import { language, text } from "../text/text.js";

/** A verification of one's own telephone, to see that calls work. */
export function TestCallPage(): VNode {
  const own = testCallText.value;
  const phones = useAnswer<TestPhones>("test-calls");
  const [call, setCall] = useState<TestCall | null>(null);
  return (
    <Page title={text.value.navTestCall} lead={own.lead}>
      {phones.value === undefined ? (
        <Waiting fault={phones.fault} again={phones.again} />
      ) : call === null ? (
        <Place phones={phones.value.test_phones} onPlaced={setCall} />
      ) : (
        <FollowedCall
          key={call.verification_id}
          placed={call}
          onAgain={() => {
            setCall(null);
          }}
        />
      )}
    </Page>
  );
}

function Place({
  phones,
  onPlaced,
}: {
  readonly phones: TestPhones["test_phones"];
  readonly onPlaced: (call: TestCall) => void;
}): VNode {
  const own = testCallText.value;
  /** An extension; empty: a number. */
  const [whom, setWhom] = useState("");
  const [number, setNumber] = useState("");
  const [locale, setLocale] = useState(language.value);
  const place = useAction(async () => {
    const to = whom === "" ? { phone_number: number } : { test_phone: whom };
    onPlaced(await ask<TestCall>("POST", "test-calls", { ...to, locale }));
  });
  return (
    <form
      class="card narrow"
      onSubmit={(event) => {
        event.preventDefault();
        place.act();
      }}
    >
      {place.fault === null ? null : <Notice>{place.fault}</Notice>}
      {phones.length === 0 ? null : (
        <Choice
          label={own.callWhom}
          value={whom}
          options={[
            ["", own.ownNumber],
            ...phones.map(
              (phone) => [phone.extension, own.testPhone(phone.extension, phone.number)] as const,
            ),
          ]}
          onValue={setWhom}
        />
      )}
      {whom === "" ? (
        <Field
          label={own.number}
          hint={own.numberHint}
          type="tel"
          inputMode="tel"
          autocomplete="off"
          required
          maxLength={64}
          value={number}
          onValue={setNumber}
        />
      ) : null}
      <Choice
        label={own.spoken}
        value={locale}
        options={[
          ["ja", own.japanese],
          ["en", own.english],
        ]}
        onValue={setLocale}
      />
      <p class="actions">
        <button type="submit" disabled={place.busy}>
          {own.place}
        </button>
      </p>
    </form>
  );
}
