import { setTimeout as delay } from "node:timers/promises";
import { BRISK } from "./deadlines.js";
import type { PostgresLink } from "./postgres-link.js";
import { PostgresLinks } from "./postgres-links.js";
import type { PostgresTarget } from "./postgres-target.js";
import { claimAlone, claimNode, DatabaseInUseError, NodeNameInUseError } from "./writers-turn.js";
import type { Serving } from "../database.js";

/** A service that was killed may have its place for as long as the server has not noticed it. */
const CLAIM_MS = 20_000;
const TRY_MS = 250;
/**
 * A node whose process is stopped while it is its turn keeps all others from writing: for less than they wait before
 * they give a node up, so that they go on giving signs of life.
 */
const STOPPED_MS = 3_000;

/**
 * The one connection by which a process writes.
 *
 * @param serves as what, before it writes anything.
 * @throws {DatabaseInUseError} {@link NodeNameInUseError} when another is in the way after a while.
 * @throws {StoreUnavailableError} when the server cannot be reached.
 */
export async function writingLinks(
  target: PostgresTarget,
  serves: Serving | undefined,
): Promise<PostgresLinks> {
  const links = new PostgresLinks(target, {
    max: 1,
    deadlines: BRISK,
    readsOnly: false,
    ...(serves === undefined || serves === "alone" ? {} : { idleInTransactionMs: STOPPED_MS }),
    // The claim is the connection's.
    isKept: serves !== undefined,
    onNew: async (link) => {
      await durably(link);
      if (serves === "alone") await claimAlone(link, "session");
      else if (serves !== undefined) await claimNode(link, serves.node);
    },
  });
  try {
    await claimed(links);
    return links;
  } catch (error) {
    await links.end();
    throw error;
  }
}

async function claimed(links: PostgresLinks): Promise<void> {
  for (const giveUpAt = performance.now() + CLAIM_MS; ;) {
    try {
      await links.use(() => Promise.resolve());
      return;
    } catch (error) {
      const isClaimed = error instanceof DatabaseInUseError || error instanceof NodeNameInUseError;
      if (!isClaimed || performance.now() > giveUpAt) throw error;
      await delay(TRY_MS);
    }
  }
}

/** What is acknowledged is on the disk, whatever the server's default; a stricter one stays. */
async function durably(link: PostgresLink): Promise<void> {
  await link.query(
    "select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'",
  );
}
