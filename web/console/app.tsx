import type { VNode } from "preact";
import { LogInPage } from "./pages/log-in.js";
import { WelcomePage } from "./pages/welcome.js";
import { routeOf } from "./routes.js";
import { location_ } from "./router.js";
import { me } from "./session.js";
import { Shell } from "./shell.js";
import { language, text } from "./text/text.js";

/** The page of the address, or the way in. */
export function App(): VNode {
  document.documentElement.lang = language.value;
  const here = me.value;
  if (location_.value.path === "/welcome") return <Shell page={<WelcomePage />} />;
  if (here === undefined) {
    return <Shell page={<p role="status">{text.value.loading}</p>} />;
  }
  if (here === null) return <Shell page={<LogInPage />} />;
  return <Shell page={routeOf(location_.value.path, here.role)} />;
}
