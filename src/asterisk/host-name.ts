import { lookup } from "node:dns/promises";
import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";

/** A resolver asks again after 5 s; anything beyond a second means that it waits for nobody. */
const PATIENCE_MS = 1_000;

/**
 * What is wrong with this machine's own name, or null. Asterisk looks it up as it starts: 10 s instead of
 * 0.3 s with a resolver that is silent. With SIP at one address that is all; with SIP at every address each
 * call looks it up again, and under load INVITEs time out.
 */
export async function hostNameTrouble(name: string = hostname()): Promise<string | null> {
  const outcome = await Promise.race([
    lookup(name).then(
      () => "resolves",
      () => "does not resolve",
    ),
    delay(PATIENCE_MS, "takes over a second to resolve", { ref: false }),
  ]);
  if (outcome === "resolves") return null;
  return `this machine's own name, ${name}, ${outcome}; add it to /etc/hosts, or Asterisk starts and calls begin slowly`;
}
