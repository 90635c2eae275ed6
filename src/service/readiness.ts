import type { AriConnection } from "../ari/connection.js";
import type { Trouble } from "../http/ops.js";
import type { Logger } from "../log.js";

/** Why the service is not ready for calls at this moment; empty when it is. */
export function troublesOf(
  ari: Pick<AriConnection, "up" | "replaced">,
  disk: { readonly hasRoom: boolean },
  stopping: boolean,
): Trouble[] {
  const link: Trouble[] = ari.up ? [] : [ari.replaced ? "application_replaced" : "asterisk"];
  return [
    ...(stopping ? (["draining"] as const) : []),
    ...link,
    ...(disk.hasRoom ? [] : (["disk"] as const)),
  ];
}

/** Two services on one Asterisk are somebody's mistake: said once, and once more when it is over. */
export function tellWhenReplaced(
  ari: Pick<AriConnection, "replaced" | "onUp" | "onDown">,
  application: string,
  log: Logger,
): void {
  let replaced = false;
  ari.onDown(() => {
    if (!ari.replaced) return;
    replaced = true;
    log.error(
      "another program took over our application in Asterisk, another Honnin perhaps: no calls until it has gone",
      { application },
    );
  });
  ari.onUp(() => {
    if (replaced) log.info("our application in Asterisk is ours again", { application });
    replaced = false;
  });
}
