// Plain modules of Node: what runs first uses it.
import { homedir } from "node:os";
import path from "node:path";

/** As in src/programs/components.ts: one place for all that is fetched or made once for a user. */
export function cacheDir() {
  const xdg = process.env.XDG_CACHE_HOME;
  return path.join(xdg === undefined || xdg === "" ? path.join(homedir(), ".cache") : xdg, "honnin");
}
