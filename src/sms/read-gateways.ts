import { readEntries } from "../trunks/read-entries.js";
import { type Gateway, GATEWAY_FIELDS } from "./gateway.js";
import { readGatewayUrl } from "./gateway-url.js";
import { mannerNameOf } from "./http/manners/manner-names.js";

/** What was read of a list of gateways; gateways are there only where there are no problems. */
export interface GatewaysRead {
  readonly gateways: readonly Gateway[];
  readonly problems: readonly string[];
}

/**
 * @param value of `sms:` as YAML has it, every scalar as text.
 * @param from names the list in problems: `FILE: sms`.
 * @param folder in which the files of secrets are looked for.
 */
export function readGateways(value: unknown, from: string, folder: string): GatewaysRead {
  const { entries, problems } = readEntries(value, {
    fields: GATEWAY_FIELDS,
    from,
    what: "gateways",
    wanted: "name and url",
    folder,
    secretFiles: { password: "passwordFile", reportToken: "reportTokenFile" },
  });
  const gateways = entries as readonly Gateway[];
  return {
    gateways,
    problems: [...problems, ...(problems.length > 0 ? [] : gatewayContradictions(gateways))],
  };
}

/** Values that are each right and wrong together. */
export function* gatewayContradictions(gateways: readonly Gateway[]): Generator<string> {
  for (const [index, gateway] of gateways.entries()) {
    const at = `sms[${String(index)}] (${gateway.name})`;
    if (gateways.findIndex(({ name }) => name === gateway.name) !== index)
      yield `${at}: got a second gateway of this name, expected each name once`;
    for (const problem of ofOne(gateway)) yield `${at}: ${problem}`;
  }
}

function* ofOne(gateway: Gateway): Generator<string> {
  const { username, password } = gateway;
  if (readGatewayUrl(gateway.url)?.kind === "smpp") {
    // SMPP 3.4 section 4.1.1. It has 8 characters for a password too, but gateways give out longer ones.
    if (username === undefined || username.length > 15)
      yield "username: expected 1 to 15 characters for SMPP";
    if ((gateway.sender ?? "").length > 20) yield "sender: expected at most 20 characters for SMPP";
    return;
  }
  const { auth = mannerNameOf(gateway) === "custom" ? "none" : undefined } = gateway;
  if (auth === "basic" && (username === undefined || password === undefined))
    yield "auth: expected username and password with basic";
  if (auth === "bearer" && password === undefined) yield "auth: expected password with bearer";
  if (gateway.reportToken !== undefined && gateway.reportDelivered?.length === 0)
    yield "report_delivered: expected a value with report_token";
}
