import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { PromptInList, PromptList } from "../../../../src/console/contract/prompts.js";
import type { SampleName } from "../../../../src/verification/sample-conversations.js";
import { Choice } from "../../parts/field.js";
import { PlayButton } from "../../parts/play-button.js";
import { promptsText } from "../../text/prompts-text.js";
import { type Locale, sequencePath } from "./prompt-paths.js";

/** A whole call, to be heard in a row. */
export function Conversations({
  conversations,
  prompts,
  locale,
  client,
}: {
  readonly conversations: PromptList["conversations"];
  readonly prompts: readonly PromptInList[];
  readonly locale: Locale;
  readonly client: string | null;
}): VNode {
  const t = promptsText.value;
  const [chosen, choose] = useState(conversations[0]?.name ?? "");
  const ids = conversations.find(({ name }) => name === chosen)?.ids ?? [];
  const texts = new Map(prompts.map(({ id, text }) => [id, text]));
  return (
    <div class="card">
      <h2>{t.conversation}</h2>
      <p class="muted">{t.conversationMeans}</p>
      <Choice
        label={t.conversationOf}
        value={chosen}
        options={conversations.map(({ name }) => [name, t[name as SampleName]] as const)}
        onValue={choose}
      />
      <p class="actions">
        <PlayButton path={sequencePath(locale, ids, client)} of={t[chosen as SampleName]} label={t.prepare} />
      </p>
      <details>
        <summary>{t.pieces}</summary>
        <ol>
          {ids.map((id, nth) => (
            <li key={nth} lang={locale}>
              {texts.get(id) ?? <span class="muted">{t.silence}</span>}
            </li>
          ))}
        </ol>
      </details>
    </div>
  );
}
