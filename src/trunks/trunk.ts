import type { z } from "zod";
import { MANNER_FIELDS } from "./manner-fields.js";
import { NUMBER_FIELDS } from "./number-fields.js";
import { REACH_FIELDS } from "./reach-fields.js";
import { SHARE_FIELDS } from "./share-fields.js";
import { defaultsOf } from "./trunk-field.js";

/** Every key of an entry of `trunks:`; in `honnin.yaml` it is written in snake_case. */
export const TRUNK_FIELDS = { ...REACH_FIELDS, ...NUMBER_FIELDS, ...MANNER_FIELDS, ...SHARE_FIELDS } as const;

export type TrunkKey = keyof typeof TRUNK_FIELDS;

/** A trunk as it was configured, validated. */
export type Trunk = Readonly<{ [K in TrunkKey]: z.output<(typeof TRUNK_FIELDS)[K]["schema"]> }>;

/** What a trunk is where nothing is said of it; it has no name and no address of its own. */
export const TRUNK_DEFAULTS = defaultsOf(TRUNK_FIELDS) as Omit<Trunk, "name" | "uri">;
