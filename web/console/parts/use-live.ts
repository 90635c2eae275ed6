import { useEffect, useState } from "preact/hooks";
import type { LiveMessage } from "../../../src/console/contract/live.js";
import { hearLive } from "../live.js";

/** How the connection is; `again`: it was lost, and is back. */
export type LiveConnection = "waiting" | "connected" | "lost" | "again";

/**
 * Hears what happens now as long as the page is shown.
 *
 * @param verificationId the one to follow; null: all; undefined: nothing is heard.
 */
export function useLive(
  verificationId: string | null | undefined,
  onMessage: (message: LiveMessage) => void,
): LiveConnection {
  const [connection, setConnection] = useState<LiveConnection>("waiting");
  useEffect(() => {
    if (verificationId === undefined) return;
    return hearLive(verificationId, {
      onMessage,
      onConnected: () => {
        setConnection((before) => (before === "lost" ? "again" : "connected"));
      },
      onLost: () => {
        setConnection("lost");
      },
    });
  }, [verificationId]);
  return connection;
}
