import { signal } from "@preact/signals";

/** The path of the page that is shown, and what stands behind `?`. */
export const location_ = signal(current());

export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

function current(): Place {
  return { path: window.location.pathname, query: new URLSearchParams(window.location.search) };
}

window.addEventListener("popstate", () => {
  location_.value = current();
});

/** Shows another page, as a click on a link does. */
export function go(to: string, { replace = false } = {}): void {
  history[replace ? "replaceState" : "pushState"](null, "", to);
  location_.value = current();
  if (!replace) window.scrollTo(0, 0);
}

/** Links within the console change the page without loading it anew; all others do what links do. */
document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (link?.target !== "" || link.hasAttribute("download")) return;
  if (link.origin !== window.location.origin || link.getAttribute("href")?.startsWith("#") === true) return;
  if (/^\/(demo|phone|start|api)(\/|$)/.test(link.pathname)) return;
  event.preventDefault();
  go(link.pathname + link.search);
});
