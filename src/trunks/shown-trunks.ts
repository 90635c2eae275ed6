import { snakeCase } from "./snake-case.js";
import { type Trunk, TRUNK_FIELDS, type TrunkKey } from "./trunk.js";

/** As they are printed: by the keys of `honnin.yaml`, and a secret only as set. */
export function shownTrunks(trunks: readonly Trunk[]): Record<string, unknown>[] {
  const keys = Object.keys(TRUNK_FIELDS) as TrunkKey[];
  return trunks.map((trunk) =>
    Object.fromEntries(
      keys.map((key) => {
        const hidden = TRUNK_FIELDS[key].secret && trunk[key] !== undefined;
        return [snakeCase(key), hidden ? "(set)" : (trunk[key] ?? null)];
      }),
    ),
  );
}
