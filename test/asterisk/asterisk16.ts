import { installationIn } from "../../src/asterisk/asterisk-installation.js";
import type { AsteriskInstallation } from "../../src/asterisk/asterisk-installation.js";
import { findComponent } from "../../src/programs/components.js";
import { PROJECT_DIR } from "./configuration-values.js";

/** Asterisk 16.28, as Debian 11 has it: ARI without REST over the WebSocket. */
export async function asterisk16(): Promise<AsteriskInstallation> {
  const found = await findComponent("asterisk16", PROJECT_DIR);
  if (found === null)
    throw new Error('Asterisk 16 was not fetched yet: run "npm run setup -- --with-test-phones"');
  return installationIn(found);
}
