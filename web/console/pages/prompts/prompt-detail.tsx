import type { VNode } from "preact";
import { useEffect } from "preact/hooks";
import { mayAs } from "../../../../src/admins/role.js";
import type { PromptDetail } from "../../../../src/console/contract/prompts.js";
import { Page, Waiting } from "../../parts/page.js";
import { PlayButton } from "../../parts/play-button.js";
import { useAnswer } from "../../parts/use-answer.js";
import { stopPlaying } from "../../player.js";
import { me } from "../../session.js";
import { promptsText } from "../../text/prompts-text.js";
import { language } from "../../text/text.js";
import { History } from "./history.js";
import { listPage, type Locale, promptPage, promptPath, soundPath } from "./prompt-paths.js";
import { ScopeChoice, seconds, SourceTag } from "./prompt-words.js";
import { Replace } from "./replace.js";

/** One prompt of a client, or of all: what is heard, what was, and what may take its place. */
export function PromptDetailPage({
  locale,
  id,
  client,
}: {
  readonly locale: Locale;
  readonly id: string;
  readonly client: string | null;
}): VNode {
  const t = promptsText.value;
  const detail = useAnswer<PromptDetail>(promptPath(locale, id, client));
  useEffect(() => stopPlaying, []);
  const here = me.value;
  const isAdmin = here !== null && here !== undefined && mayAs(here.role, "admin");
  return (
    <Page
      title={id}
      actions={
        <a class="button secondary" href={listPage(locale, client)}>
          {t.backToList}
        </a>
      }
    >
      {detail.value === undefined ? (
        <Waiting fault={detail.fault} again={detail.again} />
      ) : (
        <>
          <Heard detail={detail.value} client={client} />
          <Change detail={detail.value} client={client} isAdmin={isAdmin} onChange={detail.again} />
          <History
            prompt={detail.value.prompt}
            versions={detail.value.versions}
            client={client}
            mayChange={isAdmin}
            onChange={detail.again}
          />
        </>
      )}
    </Page>
  );
}

function Heard({ detail, client }: { readonly detail: PromptDetail; readonly client: string | null }): VNode {
  const t = promptsText.value;
  const { prompt, under, clients } = detail;
  const { id, locale, text, source } = prompt;
  const hasOwn = source === (client === null ? "default" : "client");
  return (
    <div class="card">
      <div class="columns">
        <ScopeChoice
          clients={clients}
          client={client}
          locale={locale}
          pageOf={(chosen, of) => promptPage(chosen, id, of)}
        />
      </div>
      <h2>{t.when}</h2>
      <p>{prompt.when[language.value]}</p>
      <h2>{t.heardNow}</h2>
      <p class="said" lang={locale}>
        {text ?? t.silence}
      </p>
      <p class="actions">
        <PlayButton path={soundPath(locale, id, client)} of={id} />
        <SourceTag prompt={prompt} />
        <span class="muted small number">
          {seconds(prompt.duration_ms)}
          {prompt.active_level_dbov === null ? null : ` · ${t.loudness(prompt.active_level_dbov.toFixed(1))}`}
        </span>
      </p>
      {client === null || hasOwn || !prompt.replaceable ? null : <p class="muted small">{t.inherits}</p>}
      {hasOwn ? (
        <>
          <h3>{t.under}</h3>
          <p lang={locale}>{under.text ?? t.silence}</p>
          <p class="actions">
            <PlayButton path={soundPath(locale, id, client, 0)} of={`${id}（${t.under}）`} />
            <SourceTag prompt={under} />
          </p>
        </>
      ) : null}
    </div>
  );
}

function Change({
  detail,
  client,
  isAdmin,
  onChange,
}: {
  readonly detail: PromptDetail;
  readonly client: string | null;
  readonly isAdmin: boolean;
  readonly onChange: () => void;
}): VNode {
  const t = promptsText.value;
  const { prompt } = detail;
  if (!prompt.replaceable) {
    return <p class="card muted">{prompt.kind === "silence" ? t.silenceMeans : t.fixedMeans}</p>;
  }
  if (!isAdmin) return <p class="card muted">{t.viewerOnly}</p>;
  return <Replace detail={detail} client={client} onChange={onChange} />;
}
