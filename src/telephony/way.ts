import type { Trunk } from "../trunks/trunk.js";
import { inUri, readTrunkUri } from "../trunks/trunk-uri.js";
import { writeOwnNumber } from "../trunks/number-format.js";

/** What of a trunk's configuration calls need that leave by it. */
export type TrunkRoute = Pick<
  Trunk,
  | (
      | "name"
      | "uri"
      | "numberFormat"
      | "prefixes"
      | "order"
      | "weight"
      | "maxCalls"
      | "maxCps"
      | "silenceSeconds"
    )
  | ("callerNumber" | "fromFormat" | "fromDomain" | "identity" | "identityFormat" | "privacy")
>;

/** A way to a telephone. */
export interface Way {
  /** Null: a test telephone. */
  readonly trunk: string | null;
  /** As Asterisk dials it. */
  readonly endpoint: string;
  /** What From shows; null: nothing in particular. */
  readonly callerId: string | null;
  /** Channel variables: header fields of the INVITE. */
  readonly variables: Readonly<Record<string, string>>;
  /** Without any answer, before another trunk is tried; null: there is none. */
  readonly silenceMs: number | null;
}

const IDENTITY_NAMES = {
  "p-asserted-identity": "P-Asserted-Identity",
  "p-preferred-identity": "P-Preferred-Identity",
  "remote-party-id": "Remote-Party-ID",
} as const;

/**
 * @param trunk null: to a test telephone.
 * @param shown the number that the call's client, or the service, shows; the trunk's own comes before it.
 */
export function wayBy(trunk: TrunkRoute | null, endpoint: string, shown: string | null): Way {
  if (trunk === null) return { trunk: null, endpoint, callerId: shown, variables: {}, silenceMs: null };
  const number = trunk.callerNumber ?? shown;
  return {
    trunk: trunk.name,
    endpoint,
    callerId: number === null ? null : writeOwnNumber(number, trunk.fromFormat),
    variables: headersBy(trunk, number),
    silenceMs: trunk.silenceSeconds * 1000,
  };
}

function headersBy(trunk: TrunkRoute, number: string | null): Record<string, string> {
  const { identity, identityFormat, fromDomain, uri, privacy } = trunk;
  const variables: Record<string, string> = {};
  if (identity !== "none" && number !== null) {
    const domain = inUri(fromDomain ?? readTrunkUri(uri)?.host ?? "");
    const user = writeOwnNumber(number, identityFormat);
    const party = identity === "remote-party-id" ? ";party=calling;screen=yes;privacy=off" : "";
    variables[`PJSIP_HEADER(add,${IDENTITY_NAMES[identity]})`] = `<sip:${user}@${domain}>${party}`;
  }
  if (privacy !== "off") variables["PJSIP_HEADER(add,Privacy)"] = privacy;
  return variables;
}
