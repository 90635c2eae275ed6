import type { AriConnection } from "../ari/connection.js";
import type { Trouble } from "../http/ops.js";
import type { Logger } from "../log.js";

/** What readiness hangs on, asked at the moment. */
export interface ReadinessParts {
  readonly ari: Pick<AriConnection, "up" | "replaced">;
  readonly disk: { readonly hasRoom: boolean };
  /** It stops, or an administrator has drained it. */
  readonly stopping: () => boolean;
  /** The other nodes have given it up. */
  readonly fenced: () => boolean;
  /** Whether calls are made and taken. */
  readonly started: () => boolean;
  /** Resolves within seconds; never rejects. */
  readonly commits: () => Promise<boolean>;
}

/** Why the service is not ready for calls at this moment; empty when it is. */
export async function troublesOf(parts: ReadinessParts): Promise<Trouble[]> {
  const commits = await parts.commits();
  const { ari, disk } = parts;
  const stopping = parts.stopping();
  const found: readonly (readonly [Trouble, boolean])[] = [
    ["draining", stopping],
    ["starting", !stopping && !parts.started()],
    ["application_replaced", !ari.up && ari.replaced],
    ["asterisk", !ari.up && !ari.replaced],
    ["disk", !disk.hasRoom],
    ["fenced", parts.fenced()],
    ["database", !commits],
  ];
  return found.flatMap(([trouble, isThere]) => (isThere ? [trouble] : []));
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
