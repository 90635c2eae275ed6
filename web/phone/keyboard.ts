import { answer, hangUp, press, state } from "./telephone.js";
import { type Key, KEYS } from "./sounds.js";

const TYPING = "input, select, textarea, [contenteditable]";
const PRESSING = "button, a, summary, [tabindex]:not(h1)";

/** Keys are keyed, Enter answers, Escape hangs up; where somebody types or has chosen a button, those come first. */
export function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || event.repeat) return;
  const at = event.target instanceof Element ? event.target : null;
  if (event.key === "Escape") {
    if (!["ringing", "calling", "talking"].includes(state.value)) return;
    event.preventDefault();
    hangUp();
    return;
  }
  if (isWithin(at, TYPING)) return;
  if (event.key === "Enter") {
    if (state.value === "ringing" && !isWithin(at, PRESSING)) answer();
    return;
  }
  const key = KEYS.find((one) => one === event.key);
  if (key === undefined) return;
  event.preventDefault();
  show(key);
  press(key);
}

function isWithin(element: Element | null, selector: string): boolean {
  return element !== null && element.closest(selector) !== null;
}

/** As if it had been touched. */
function show(key: Key): void {
  const button = document.querySelector(`.keypad [data-key="${CSS.escape(key)}"]`);
  button?.classList.add("down");
  window.setTimeout(() => button?.classList.remove("down"), 150);
}
