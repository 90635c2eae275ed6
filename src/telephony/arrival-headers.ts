import type { CalledHeaders } from "../verification/called-did.js";
import type { CallerHeader, CallerHeaders } from "../verification/caller-identity.js";

/** The variables of a channel that `ari.conf` lists in `channelvars`. */
export type ChannelVariables = Readonly<Record<string, string>>;

/**
 * Asterisk cuts a variable off at 4,096 bytes, its name included, and tells nobody. What comes near that may lack
 * its end; nothing that a telephone network sends does.
 */
const MAX_BYTES = 2_048;

/** What the dialplan has kept of the caller, see `extensions.conf`. */
export function callerHeaders(said: ChannelVariables, trunk: string): CallerHeaders {
  const [from = NaN, asserted = NaN, privacy = NaN] = (said["HONNIN_FIELDS"] ?? "").split(",").map(count);
  const values = {
    from: given(said, "HONNIN_FROM"),
    p_asserted_identity: given(said, "HONNIN_PAI", "HONNIN_PAI_2"),
    privacy: given(said, "HONNIN_PRIVACY", "HONNIN_PRIVACY_2"),
  };
  const there: Readonly<Record<CallerHeader, number>> = { from, p_asserted_identity: asserted, privacy };
  const unread = (Object.keys(values) as CallerHeader[]).filter(
    // An older dialplan counts nothing: then nobody knows whether it has read all that was there.
    (header) => !(there[header] <= values[header].length) || values[header].some(isTooLong),
  );
  return {
    from: values.from[0] ?? "",
    assertedIdentities: values.p_asserted_identity,
    privacy: values.privacy.join(","),
    unread,
    trunk,
  };
}

/** Where the dialplan has found what was called. */
export function calledHeaders(said: ChannelVariables): CalledHeaders {
  return {
    "p-called-party-id": said["HONNIN_CALLED_PARTY"] ?? "",
    "request-uri": said["HONNIN_REQUEST_URI"] ?? "",
    to: said["HONNIN_TO"] ?? "",
    "alert-info": said["HONNIN_ALERT_INFO"] ?? "",
  };
}

function given(said: ChannelVariables, ...names: readonly string[]): string[] {
  return names.map((name) => said[name] ?? "").filter((value) => value !== "");
}

function count(text: string): number {
  return /^\d{1,4}$/.test(text) ? Number(text) : NaN;
}

function isTooLong(value: string): boolean {
  return Buffer.byteLength(value) > MAX_BYTES;
}
