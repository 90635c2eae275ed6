import { MANNER_FIELDS } from "../../src/trunks/manner-fields.js";
import { NUMBER_FIELDS } from "../../src/trunks/number-fields.js";
import { REACH_FIELDS } from "../../src/trunks/reach-fields.js";
import { SHARE_FIELDS } from "../../src/trunks/share-fields.js";
import type { TrunkField } from "../../src/trunks/trunk-field.js";
import { snakeCase } from "../../src/trunks/snake-case.js";
import type { z } from "zod";
import type { Say } from "./languages.js";
import { accepted, byDefault, type Value } from "./settings-tables.js";
import { code, marked, table } from "./table.js";

const SUBJECTS: Readonly<Record<string, Readonly<Record<string, TrunkField<z.ZodType>>>>> = {
  "Where it is and who we are": REACH_FIELDS,
  "Numbers and headers": NUMBER_FIELDS,
  "What is agreed upon": MANNER_FIELDS,
  "Which calls it gets": SHARE_FIELDS,
};

/** The keys of an entry of `trunks:`, a table a subject. */
export function trunksTables(say: Say): string {
  return Object.entries(SUBJECTS)
    .map(([title, fields]) => `### ${say(title)}\n\n${fieldsTable(fields, say)}`)
    .join("\n\n");
}

export function fieldsTable(fields: Readonly<Record<string, TrunkField<z.ZodType>>>, say: Say): string {
  const rows = Object.entries(fields).map(([key, { meaning, schema, unset, expected }]) => [
    code(snakeCase(key)),
    marked(say(meaning)),
    byDefault(schema.safeParse(undefined).data as Value, unset, say),
    accepted(expected, say),
  ]);
  return table([say("key"), say("meaning"), say("default"), say("accepted")], rows);
}
