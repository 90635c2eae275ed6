import { type Trunk, TRUNK_DEFAULTS } from "../trunks/trunk.js";
import { isTrunkName } from "../trunks/trunk-name.js";
import { ConfigurationValueError } from "./errors.js";

/** A trunk as the settings give it; what is not given is as in `trunks:`. */
export type TrunkSettings = Pick<Trunk, "name" | "uri"> & Partial<Trunk>;

/** @throws {ConfigurationValueError} for what cannot stand in Asterisk's configuration. */
export function completeTrunk(given: TrunkSettings): Trunk {
  const trunk = { ...TRUNK_DEFAULTS, ...given };
  if (!isTrunkName(trunk.name)) throw new ConfigurationValueError("trunk", "it is no name of one");
  const { username, authUsername = username, password, register } = trunk;
  if (authUsername !== undefined && password === undefined)
    throw new ConfigurationValueError("HONNIN_TRUNK_PASSWORD", "it is missing");
  if (password !== undefined && authUsername === undefined)
    throw new ConfigurationValueError("HONNIN_TRUNK_USERNAME", "it is missing");
  if (!register) return trunk;
  if (username === undefined)
    throw new ConfigurationValueError("HONNIN_TRUNK_USERNAME", "registering at the trunk needs it");
  if (!/^[A-Za-z0-9+_.!~*'()-]+$/.test(username))
    throw new ConfigurationValueError("HONNIN_TRUNK_USERNAME", "it cannot stand in a SIP URI as it is");
  return trunk;
}
