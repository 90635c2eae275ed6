import type { Gateway } from "../../gateway.js";
import { readTemplate } from "../template.js";
import { CUSTOM } from "./custom.js";
import { INFOBIP } from "./infobip.js";
import { KARADEN } from "./karaden.js";
import type { Manner, ReportManner, Rule } from "./manner.js";
import { type MannerName, mannerNameOf } from "./manner-names.js";
import { TWILIO } from "./twilio.js";
import { VONAGE } from "./vonage.js";

const MANNERS: Readonly<Record<MannerName, Manner>> = {
  custom: CUSTOM,
  twilio: TWILIO,
  vonage: VONAGE,
  infobip: INFOBIP,
  karaden: KARADEN,
};

/** The manner of a gateway: that of its kind, with what its own keys say in place of it. */
export function mannerOf(gateway: Gateway): Manner {
  const usual = MANNERS[mannerNameOf(gateway)];
  const { numberFormat, auth, headers, bodyAs, body, idAt, refusedStatuses } = gateway;
  return {
    numberFormat: numberFormat ?? usual.numberFormat,
    auth: auth ?? usual.auth,
    headers: headers ?? usual.headers,
    bodyAs: bodyAs ?? usual.bodyAs,
    body: body === undefined ? usual.body : readTemplate(body),
    idAt: idAt ?? usual.idAt,
    accepted: ruleOf(usual.accepted, gateway.acceptedAt, gateway.acceptedValues),
    throttled: ruleOf(usual.throttled, gateway.acceptedAt, gateway.throttledValues),
    // What is no answer of ours to understand names its refusal where it says whether it took the message.
    codeAt: gateway.acceptedAt ?? usual.codeAt,
    refusedStatuses: refusedStatuses?.map(Number) ?? usual.refusedStatuses,
    report: reportOf(usual.report, gateway),
  };
}

function ruleOf(
  usual: Rule | null,
  at: string | undefined,
  values: readonly string[] | undefined,
): Rule | null {
  const place = at ?? usual?.at;
  const wanted = values ?? usual?.values;
  return place === undefined || wanted === undefined ? null : { at: place, values: wanted };
}

function reportOf(usual: ReportManner, gateway: Gateway): ReportManner {
  const rules = (before: readonly Rule[], values: readonly string[] | undefined): readonly Rule[] => {
    const at = gateway.reportStateAt;
    if (at === undefined && values === undefined) return before;
    return before.slice(0, 1).map((rule) => ({ at: at ?? rule.at, values: values ?? rule.values }));
  };
  return {
    listAt: gateway.reportListAt ?? usual.listAt,
    idAt: gateway.reportIdAt ?? usual.idAt,
    delivered: rules(usual.delivered, gateway.reportDelivered),
    undelivered: rules(usual.undelivered, gateway.reportUndelivered),
    codeAt: gateway.reportCodeAt ?? usual.codeAt,
    signature: usual.signature,
  };
}
