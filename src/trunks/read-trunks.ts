import { readEntries } from "./read-entries.js";
import { type Trunk, TRUNK_FIELDS } from "./trunk.js";

/** What was read of a list of trunks; trunks are there only where there are no problems. */
export interface TrunksRead {
  readonly trunks: readonly Trunk[];
  readonly problems: readonly string[];
}

/**
 * @param value of `trunks:` as YAML has it, every scalar as text.
 * @param from names the list in problems: `FILE: trunks`.
 * @param folder in which the file of a password is looked for.
 */
export function readTrunks(value: unknown, from: string, folder: string): TrunksRead {
  const { entries, problems } = readEntries(value, {
    fields: TRUNK_FIELDS,
    from,
    what: "trunks",
    wanted: "name and uri",
    folder,
    secretFiles: { password: "passwordFile" },
  });
  return { trunks: entries as readonly Trunk[], problems };
}
