import type { VNode } from "preact";
import { language, speak, text, type Language } from "../text/text.js";
import { theme, type Theme } from "../theme.js";

/** Language and colours. */
export function Preferences(): VNode {
  const t = text.value;
  return (
    <>
      <label>
        <span class="unseen">{t.language}</span>
        <select
          value={language.value}
          onChange={(event) => {
            speak(event.currentTarget.value as Language);
          }}
        >
          <option value="ja" lang="ja" selected={language.value === "ja"}>
            日本語
          </option>
          <option value="en" lang="en" selected={language.value === "en"}>
            English
          </option>
        </select>
      </label>
      <label>
        <span class="unseen">{t.theme}</span>
        <select
          value={theme.value}
          onChange={(event) => {
            theme.value = event.currentTarget.value as Theme;
          }}
        >
          <option value="system" selected={theme.value === "system"}>
            {t.themeSystem}
          </option>
          <option value="light" selected={theme.value === "light"}>
            {t.themeLight}
          </option>
          <option value="dark" selected={theme.value === "dark"}>
            {t.themeDark}
          </option>
        </select>
      </label>
    </>
  );
}
