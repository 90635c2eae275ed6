import { ensureAsterisk } from "./asterisk-installation.js";
import { ensureComponent, type ComponentOptions } from "./components.js";

export interface SetupOptions extends ComponentOptions {
  /** SIPp too, for the tests. */
  readonly withTestPhones: boolean;
}

/** Fetches the programs of others that are missing; says nothing when none is. */
export async function setUpPrograms(options: SetupOptions): Promise<void> {
  await ensureAsterisk(options);
  await ensureComponent("baresip", options);
  if (options.withTestPhones) await ensureComponent("sip-tester", options);
}
