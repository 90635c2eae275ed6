import { isAtLeast } from "./version-order.js";

/** A module that only some of the versions run here (16.28, 22.10) have or need. */
interface Difference {
  readonly module: string;
  /** The file that only this module reads. */
  readonly configFile?: string;
  /** The first version with it; absent: all so far. */
  readonly since?: string;
  /** The first version without it; absent: none yet. */
  readonly until?: string;
}

/** From then on a refusal's cause is to be had by a copy alone. */
const COPIES_SINCE = "22.7";

const DIFFERENCES: readonly Difference[] = [
  // Outbound WebSockets (20.15, 21.10, 22.5); from then on res_ari wants it.
  { module: "res_websocket_client.so", configFile: "websocket_client.conf", since: "22.5" },
  // For the Reason of a refusal, which such an Asterisk no longer tells (sip-capture.ts).
  { module: "res_hep.so", configFile: "hep.conf", since: COPIES_SINCE },
  { module: "res_hep_pjsip.so", since: COPIES_SINCE },
  // For the hang-up handler that tells the SIP answer; from then on ARI does (tech_cause).
  { module: "app_stack.so", until: "22.7" },
];

/** Whether copies of the SIP messages are made (`res_hep`), so that offers of voice are seen. */
export function seesOffers(version: string): boolean {
  return isAtLeast(version, COPIES_SINCE);
}

/** The configuration as an Asterisk of this version can read it. */
export function fitToVersion(files: ReadonlyMap<string, string>, version: string): Map<string, string> {
  const fitting = new Map(files);
  for (const { module, configFile, since, until } of DIFFERENCES) {
    const has = isAtLeast(version, since ?? "0") && (until === undefined || !isAtLeast(version, until));
    if (has) continue;
    if (configFile !== undefined) fitting.delete(configFile);
    fitting.set("modules.conf", (fitting.get("modules.conf") ?? "").replace(`load = ${module}\n`, ""));
  }
  return fitting;
}
