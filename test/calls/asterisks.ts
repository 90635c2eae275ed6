import type { AsteriskInstallation } from "../../src/asterisk/asterisk-installation.js";
import { asterisk16 } from "../asterisk/asterisk16.js";

/** One Asterisk that the stories of the calls are played on. */
export interface AsteriskUnderTest {
  readonly title: string;
  /** Runs beside the service, as an Asterisk of the user's own; absent: the service's bundled one. */
  readonly installation?: () => Promise<AsteriskInstallation>;
}

/** The second needs the other connector. All that the stories ask for is known on both: docs/decisions/0016. */
export const ASTERISKS: readonly AsteriskUnderTest[] = [
  { title: "the real Asterisk" },
  { title: "Asterisk 16 and ari-client", installation: asterisk16 },
];
