import { completeTrunk } from "../../src/asterisk/trunk-settings.js";
import type { Trunk } from "../../src/trunks/trunk.js";

/** A trunk of which only this was said. */
export function trunkWith(given: Partial<Trunk>): Trunk {
  return completeTrunk({ name: "trunk", uri: "sip:192.0.2.1", ...given });
}
