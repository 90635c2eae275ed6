import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { mayAs } from "../../src/admins/role.js";
import { Preferences } from "./parts/preferences.js";
import { roleText } from "./role-text.js";
import { ROUTES } from "./routes.js";
import { location_ } from "./router.js";
import { logOut, me } from "./session.js";
import { text } from "./text/text.js";

/** Pages of their own on the same listener: a call must not end because somebody looks at something else. */
const BESIDE = [
  { what: "phone", path: "/phone", name: "navPhone" },
  { what: "demo", path: "/demo/", name: "navDemo" },
] as const;

/** What stands around every page: name, menu, who is here, language and colours. */
export function Shell({ page }: { readonly page: VNode }): VNode {
  const t = text.value;
  const here = me.value;
  const { path } = location_.value;
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    setOpen(false);
  }, [path]);
  const first = path.split("/")[1] ?? "";
  const routes =
    here === null || here === undefined ? [] : ROUTES.filter(({ role }) => mayAs(here.role, role));
  return (
    <div class="shell">
      <a class="skip" href="#main">
        {t.skipToContent}
      </a>
      <header class="bar">
        {routes.length === 0 ? null : (
          <button
            type="button"
            class="plain menu-button"
            aria-expanded={isOpen}
            aria-controls="menu"
            onClick={() => {
              setOpen(!isOpen);
            }}
          >
            ☰ <span class="unseen">{t.menu}</span>
          </button>
        )}
        <a class="brand" href="/">
          {t.appName}
        </a>
        <div class="preferences">
          <Preferences />
          {here === null || here === undefined ? null : (
            <>
              <span class="who">{t.loggedInAs(here.name, roleText(here.role))}</span>
              <button type="button" class="secondary small" onClick={() => void logOut()}>
                {t.logOut}
              </button>
            </>
          )}
        </div>
      </header>
      {routes.length === 0 ? null : (
        <nav id="menu" class={isOpen ? "menu open" : "menu"} aria-label={t.menu}>
          <ul>
            {routes.map((route, nth) => {
              const isHere = route.path === first || (first === "" && nth === 0);
              return (
                <li key={route.path}>
                  <a href={`/${route.path}`} {...(isHere ? { "aria-current": "page" as const } : {})}>
                    {t[route.name]}
                  </a>
                </li>
              );
            })}
            {BESIDE.filter(({ what }) => here?.beside[what] === true).map(({ what, path: at, name }) => (
              <li key={what}>
                <a href={at} target="_blank" rel="noopener">
                  {t[name]} <span class="unseen">{t.opensBeside}</span>
                </a>
              </li>
            ))}
          </ul>
        </nav>
      )}
      <main id="main" tabIndex={-1}>
        {page}
      </main>
    </div>
  );
}
