import type { PromptInList } from "../../../../src/console/contract/prompts.js";

export type Locale = PromptInList["locale"];
export const SPOKEN: readonly Locale[] = ["ja", "en"];

function query(fields: Readonly<Record<string, string | null>>): string {
  const given = Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
  return given.length === 0 ? "" : `?${new URLSearchParams(given).toString()}`;
}

/** Pages. */
export function listPage(locale: Locale, client: string | null): string {
  return `/prompts${query({ locale, client })}`;
}
export function promptPage(locale: Locale, id: string, client: string | null): string {
  return `/prompts/${locale}/${id}${query({ client })}`;
}

/** What the service is asked for. */
export function listPath(locale: Locale, client: string | null): string {
  return `prompts${query({ locale, client })}`;
}
export function promptPath(locale: Locale, id: string, client: string | null, what = ""): string {
  return `prompts/${locale}/${id}${what}${query({ client })}`;
}
export function soundPath(locale: Locale, id: string, client: string | null, version?: number): string {
  const wanted = version === undefined ? null : String(version);
  return `prompts/${locale}/${id}/sound${query({ client, version: wanted })}`;
}
export function sequencePath(locale: Locale, ids: readonly string[], client: string | null): string {
  return `prompt-sequence${query({ locale, client, ids: ids.join(",") })}`;
}
export function recordingPath(
  { locale, id }: Pick<PromptInList, "locale" | "id">,
  client: string | null,
  about: { readonly name: string; readonly text: string; readonly isTrial: boolean },
): string {
  const { name, text, isTrial } = about;
  return `prompts/${locale}/${id}/recording${isTrial ? "/try" : ""}${query({ client, name, text })}`;
}
