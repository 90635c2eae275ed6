import { readTrunkUri, type TrunkAddress } from "../trunks/trunk-uri.js";
import { ConfigurationValueError } from "./errors.js";

/** A trunk's URI, or its outbound proxy's, as Asterisk's configuration needs it. */
export function parseTrunkUri(uri: string): TrunkAddress {
  const address = readTrunkUri(uri);
  if (address !== null) return address;
  throw new ConfigurationValueError(
    "the URI of a trunk",
    "it is not of the form sip:host, sip:host:port or sip:host:port;transport=tcp",
  );
}
