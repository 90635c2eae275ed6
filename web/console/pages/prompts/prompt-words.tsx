import type { VNode } from "preact";
import type { PromptDetail, PromptInList } from "../../../../src/console/contract/prompts.js";
import { Choice } from "../../parts/field.js";
import { go } from "../../router.js";
import { promptsText } from "../../text/prompts-text.js";
import { type Locale, SPOKEN } from "./prompt-paths.js";

/** Whose sound is heard. */
export function SourceTag({
  prompt: { source, version },
}: {
  readonly prompt: Pick<PromptInList, "source" | "version">;
}): VNode {
  const t = promptsText.value;
  const words = { client: t.fromClient, default: t.fromDefault, shipped: t.fromShipped }[source];
  return (
    <span class={source === "shipped" ? "tag plain" : "tag"}>
      {words}
      {version === null ? null : ` ${t.version(version)}`}
    </span>
  );
}

export function seconds(ms: number | null): string {
  return ms === null ? "" : promptsText.value.seconds((ms / 1000).toFixed(1));
}

/** Whose prompts are looked at, and in which language; another choice is another address. */
export function ScopeChoice({
  clients,
  client,
  locale,
  pageOf,
}: {
  readonly clients: PromptDetail["clients"];
  readonly client: string | null;
  readonly locale: Locale;
  readonly pageOf: (locale: Locale, client: string | null) => string;
}): VNode {
  const t = promptsText.value;
  return (
    <>
      <Choice
        label={t.set}
        value={client ?? ""}
        options={[["", t.defaultSet], ...clients.map(({ id, name }) => [id, name] as const)]}
        onValue={(chosen) => {
          go(pageOf(locale, chosen === "" ? null : chosen), { replace: true });
        }}
      />
      <Choice
        label={t.locale}
        value={locale}
        options={SPOKEN.map((one) => [one, t[one]] as const)}
        onValue={(chosen) => {
          go(pageOf(chosen, client), { replace: true });
        }}
      />
    </>
  );
}
