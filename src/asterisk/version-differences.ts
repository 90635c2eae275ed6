import { isAtLeast } from "../programs/version-order.js";

/** A line of the templates that only some of the versions run here (16.28, 22.10) understand or need. */
interface Difference {
  readonly file: string;
  readonly line: string;
  /** The file that only this module reads. */
  readonly configFile?: string;
  /** The first version with it; absent: all so far. */
  readonly since?: string;
  /** The first version without it; absent: none yet. */
  readonly until?: string;
}

/** From then on a refusal's cause is to be had by a copy alone, and offers of encryption are refused by what they show. */
const COPIES_NEEDED_SINCE = "22.7";

/** The oldest seen to know `type = restriction`; 16 reads over it. */
const RESTRICTED_SINCE = "22.10";

const DIFFERENCES: readonly Difference[] = [
  // Outbound WebSockets (20.15, 21.10, 22.5); from then on res_ari wants it.
  {
    file: "modules.conf",
    line: "load = res_websocket_client.so",
    configFile: "websocket_client.conf",
    since: "22.5",
  },
  // For the hang-up handler that tells the SIP answer; from then on ARI does (tech_cause).
  { file: "modules.conf", line: "load = app_stack.so", until: "22.7" },
  // Digests beside MD5 (RFC 8760; 20.12, 21.7, 22.2). An older version leaves out the whole section for this line.
  { file: "pjsip.conf", line: "supported_algorithms_uac = MD5,SHA-256,SHA-512-256", since: "22.2" },
];

/** Whether copies of the SIP messages (`res_hep`) are relied on for offers of voice. */
export function seesOffers(version: string): boolean {
  return isAtLeast(version, COPIES_NEEDED_SINCE);
}

/** Whether a version can keep the WebSocket of SIP to one address (`type = restriction` in http.conf). */
export function restrictsSockets(version: string): boolean {
  return isAtLeast(version, RESTRICTED_SINCE);
}

/** The configuration as an Asterisk of this version can read it. */
export function fitToVersion(files: ReadonlyMap<string, string>, version: string): Map<string, string> {
  const fitting = new Map(files);
  for (const { file, line, configFile, since, until } of DIFFERENCES) {
    const has = isAtLeast(version, since ?? "0") && (until === undefined || !isAtLeast(version, until));
    if (has) continue;
    if (configFile !== undefined) fitting.delete(configFile);
    fitting.set(file, (fitting.get(file) ?? "").replace(`${line}\n`, ""));
  }
  return fitting;
}
