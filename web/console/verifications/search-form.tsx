import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ClientChoice } from "../../../src/console/contract/verifications.js";
import { FAILURE_REASONS, VERIFICATION_STATUSES } from "../../../src/verification/status.js";
import { Choice, Field } from "../parts/field.js";
import { verificationsText } from "../text/verifications-text.js";
import { REASON_WORDS, STATUS_WORDS } from "../text/verification-words.js";
import { EVERYTHING, inField, type Wanted } from "./searched.js";

/** What is looked for. @param first what stands in it until it is edited; with another it begins anew. */
export function SearchForm({
  first,
  clients,
  busy,
  onSearch,
}: {
  readonly first: Wanted;
  readonly clients: ClientChoice["clients"];
  readonly busy: boolean;
  readonly onSearch: (wanted: Wanted) => void;
}): VNode {
  const own = verificationsText.value;
  const [typed, setTyped] = useState(first);
  useEffect(() => {
    setTyped(first);
  }, [first]);
  const isKnown = typed.client === "" || clients.some(({ id }) => id === typed.client);
  const change = (part: Partial<Wanted>): void => {
    setTyped((before) => ({ ...before, ...part }));
  };
  return (
    <form
      class="card"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        onSearch(typed);
      }}
    >
      <div class="columns">
        <Field
          label={own.number}
          hint={own.numberHint}
          type="tel"
          autocomplete="off"
          maxLength={64}
          value={typed.number}
          onValue={(number) => {
            change({ number });
          }}
        />
        <Field
          label={own.id}
          autocomplete="off"
          maxLength={64}
          value={typed.id}
          onValue={(id) => {
            change({ id });
          }}
        />
        <Choice
          label={own.client}
          value={typed.client}
          options={[
            ["", own.everyClient],
            ...clients.map(({ id, name }) => [id, name] as const),
            ...(isKnown ? [] : [[typed.client, typed.client] as const]),
          ]}
          onValue={(client) => {
            change({ client });
          }}
        />
        <Choice
          label={own.status}
          value={typed.status}
          options={[
            ["", own.every],
            ...VERIFICATION_STATUSES.map((one) => [one, STATUS_WORDS.value[one]] as const),
          ]}
          onValue={(status) => {
            change({ status });
          }}
        />
        <Choice
          label={own.reason}
          value={typed.reason}
          options={[
            ["", own.every],
            ...FAILURE_REASONS.map((one) => [one, REASON_WORDS.value[one]] as const),
          ]}
          onValue={(reason) => {
            change({ reason });
          }}
        />
        <Field
          label={own.from}
          type="datetime-local"
          step={1}
          value={inField(typed.from)}
          onValue={(from) => {
            change({ from });
          }}
        />
        <Field
          label={own.to}
          type="datetime-local"
          step={1}
          value={inField(typed.to)}
          onValue={(to) => {
            change({ to });
          }}
        />
      </div>
      <p class="actions">
        <button type="submit" disabled={busy}>
          {own.search}
        </button>
        <button
          type="button"
          class="secondary"
          onClick={() => {
            setTyped(EVERYTHING);
            onSearch(EVERYTHING);
          }}
        >
          {own.clear}
        </button>
      </p>
    </form>
  );
}
