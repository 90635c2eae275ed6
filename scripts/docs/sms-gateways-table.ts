import { GATEWAY_HTTP_FIELDS } from "../../src/sms/gateway-http-fields.js";
import { GATEWAY_REACH_FIELDS } from "../../src/sms/gateway-reach-fields.js";
import { GATEWAY_SMPP_FIELDS } from "../../src/sms/gateway-smpp-fields.js";
import type { Say } from "./languages.js";
import { fieldsTable } from "./trunks-table.js";

/** The keys of an entry of `sms:`, a table a subject. */
export function smsGatewaysTables(say: Say): string {
  return [
    ["Every gateway", GATEWAY_REACH_FIELDS] as const,
    ["Over SMPP", GATEWAY_SMPP_FIELDS] as const,
    ["Over HTTP", GATEWAY_HTTP_FIELDS] as const,
  ]
    .map(([title, fields]) => `### ${say(title)}\n\n${fieldsTable(fields, say)}`)
    .join("\n\n");
}
