import { effect, signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";

const KEPT = "honnin.theme";
const kept = localStorage.getItem(KEPT);

export const theme = signal<Theme>(kept === "light" || kept === "dark" ? kept : "system");

effect(() => {
  document.documentElement.dataset["theme"] = theme.value;
  if (theme.value === "system") localStorage.removeItem(KEPT);
  else localStorage.setItem(KEPT, theme.value);
});
