import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { PromptInList, PromptList } from "../../../../src/console/contract/prompts.js";
import { Choice, Field } from "../../parts/field.js";
import { Page, Waiting } from "../../parts/page.js";
import { PlayButton } from "../../parts/play-button.js";
import { useAnswer } from "../../parts/use-answer.js";
import { stopPlaying } from "../../player.js";
import { promptsText } from "../../text/prompts-text.js";
import { language } from "../../text/text.js";
import { Conversations } from "./conversations.js";
import { listPage, listPath, type Locale, promptPage, soundPath } from "./prompt-paths.js";
import { ScopeChoice, seconds, SourceTag } from "./prompt-words.js";
import { SoundCheck } from "./sound-check.js";

/** Every prompt of a language, as the next call of a client plays it. */
export function PromptListPage({
  locale,
  client,
}: {
  readonly locale: Locale;
  readonly client: string | null;
}): VNode {
  const t = promptsText.value;
  const list = useAnswer<PromptList>(listPath(locale, client));
  const [search, setSearch] = useState("");
  const [own, setOwn] = useState<"all" | "own">("all");
  useEffect(() => stopPlaying, [locale, client]);
  // What is there of another client stays no longer than it takes to learn that this one is unknown.
  if (list.value === undefined || list.fault !== null) {
    return (
      <Page title={t.title} lead={t.lead}>
        <Waiting fault={list.fault} again={list.again} />
      </Page>
    );
  }
  const { prompts, clients, conversations } = list.value;
  const shown = prompts.filter(
    (prompt) =>
      matches(prompt, search) && (own === "all" || prompt.source !== "shipped" || prompt.draft !== null),
  );
  return (
    <Page title={t.title} lead={t.lead}>
      <div class="columns">
        <Conversations conversations={conversations} prompts={prompts} locale={locale} client={client} />
        <SoundCheck />
      </div>
      <div class="card">
        <div class="columns">
          <ScopeChoice clients={clients} client={client} locale={locale} pageOf={listPage} />
          <Choice
            label={t.own}
            value={own}
            options={[
              ["all", t.ownAll],
              ["own", t.ownOnly],
            ]}
            onValue={setOwn}
          />
          <Field label={t.search} hint={t.searchHint} type="search" value={search} onValue={setSearch} />
        </div>
        <p class="muted small" role="status">
          {shown.length === 0 ? t.none : t.count(shown.length, prompts.length)}
        </p>
        {shown.length === 0 ? null : (
          <div class="scroll" role="region" aria-label={t.title} tabIndex={0}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{t.prompt}</th>
                  <th scope="col">{t.said}</th>
                  <th scope="col">{t.from}</th>
                  <th scope="col">{t.listen}</th>
                </tr>
              </thead>
              <tbody>
                {shown.map((prompt) => (
                  <Row key={prompt.id} prompt={prompt} client={client} />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </div>
    </Page>
  );
}

function Row({ prompt, client }: { readonly prompt: PromptInList; readonly client: string | null }): VNode {
  const t = promptsText.value;
  const { id, locale, text, when, draft } = prompt;
  return (
    <tr>
      <th scope="row">
        <a href={promptPage(locale, id, client)}>{id}</a>
      </th>
      <td class="long">
        <p lang={locale}>{text ?? <span class="muted">{t.silence}</span>}</p>
        <p class="muted">{when[language.value]}</p>
      </td>
      <td>
        <SourceTag prompt={prompt} />
        {draft === null ? null : (
          <>
            {" "}
            <span class="tag wait">{t.waiting}</span>
          </>
        )}
      </td>
      <td>
        <PlayButton path={soundPath(locale, id, client)} of={id} />
        <span class="muted small number"> {seconds(prompt.duration_ms)}</span>
      </td>
    </tr>
  );
}

/** Whatever of it holds every word that was typed. */
function matches({ id, text, draft, when }: PromptInList, search: string): boolean {
  const all = fold([id, text, draft, when.ja, when.en].join("\n"));
  return fold(search)
    .split(/\s+/)
    .every((word) => all.includes(word));
}

function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase().trim();
}
