import type { VNode } from "preact";
import { location_ } from "../../router.js";
import { PromptDetailPage } from "./prompt-detail.js";
import { PromptListPage } from "./prompt-list.js";
import { SPOKEN } from "./prompt-paths.js";

/** `/prompts`: all of them; `/prompts/ja/greeting`: one. Of which client, and in which language, stands behind `?`. */
export function PromptsPage({ rest }: { readonly rest: string }): VNode {
  const { query } = location_.value;
  const client = query.get("client");
  const [first, id] = rest.split("/");
  if (first === "" || first === undefined || id === undefined) {
    const locale = SPOKEN.find((one) => one === query.get("locale")) ?? "ja";
    return <PromptListPage locale={locale} client={client} />;
  }
  const locale = SPOKEN.find((one) => one === first) ?? "ja";
  return <PromptDetailPage key={`${client ?? ""} ${rest}`} locale={locale} id={id} client={client} />;
}
