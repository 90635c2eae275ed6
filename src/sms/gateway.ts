import type { z } from "zod";
import { GATEWAY_HTTP_FIELDS } from "./gateway-http-fields.js";
import { GATEWAY_REACH_FIELDS } from "./gateway-reach-fields.js";
import { GATEWAY_SMPP_FIELDS } from "./gateway-smpp-fields.js";

/** Every key of an entry of `sms:`; in `honnin.yaml` it is written in snake_case. */
export const GATEWAY_FIELDS = {
  ...GATEWAY_REACH_FIELDS,
  ...GATEWAY_SMPP_FIELDS,
  ...GATEWAY_HTTP_FIELDS,
} as const;

export type GatewayKey = keyof typeof GATEWAY_FIELDS;

/** A gateway for SMS as it was configured, validated. */
export type Gateway = Readonly<{ [K in GatewayKey]: z.output<(typeof GATEWAY_FIELDS)[K]["schema"]> }>;
