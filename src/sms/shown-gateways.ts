import { snakeCase } from "../trunks/snake-case.js";
import { type Gateway, GATEWAY_FIELDS, type GatewayKey } from "./gateway.js";

/** As they are printed: by the keys of `honnin.yaml`, and a secret only as set. */
export function shownGateways(gateways: readonly Gateway[]): Record<string, unknown>[] {
  const keys = Object.keys(GATEWAY_FIELDS) as GatewayKey[];
  return gateways.map((gateway) =>
    Object.fromEntries(
      keys.map((key) => {
        const hidden = GATEWAY_FIELDS[key].secret && gateway[key] !== undefined;
        return [snakeCase(key), hidden ? "(set)" : (gateway[key] ?? null)];
      }),
    ),
  );
}
