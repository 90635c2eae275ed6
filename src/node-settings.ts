import { hostname } from "node:os";
import { z } from "zod";
import { setting, text } from "./setting.js";

/** Several services on one database. */
export const NODE_SETTINGS = {
  node: setting(
    "HONNIN_NODE",
    z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/)
      .optional(),
    "1 to 63 of A-Za-z0-9._-",
    "name of this node among those that serve the same database",
    { unset: "the host name" },
  ),
  keyFile: setting("HONNIN_KEY_FILE", text, "a file", "the data key, the same on all nodes", {
    unset: "keys/data.key in the data directory",
  }),
} as const;

/** The name of this node. */
export function nodeNameOf({ node }: { readonly node?: string | undefined }): string {
  return node ?? hostname();
}
