import type { LiveMessage } from "../../src/console/contract/live.js";
import { learnWhoIsHere } from "./session.js";

/** Between two tries to connect: doubled with each, up to this. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 4_000;

export interface LiveListener {
  readonly onMessage: (message: LiveMessage) => void;
  readonly onConnected: () => void;
  readonly onLost: () => void;
}

/**
 * Hears what happens now, and connects again where the connection is lost. A browser does not say why one was refused,
 * so the service is asked who is logged in: where nobody is, the page for logging in comes by itself.
 *
 * @param verificationId the one to follow; null: all.
 * @returns how to hear no more.
 */
export function hearLive(verificationId: string | null, listener: LiveListener): () => void {
  const query = verificationId === null ? "" : `?verification=${encodeURIComponent(verificationId)}`;
  const url = `${window.location.origin.replace(/^http/, "ws")}/api/live${query}`;
  let socket: WebSocket | undefined;
  let timer: number | undefined;
  let waitMs = FIRST_WAIT_MS;
  let isOver = false;

  const connect = (): void => {
    const made = new WebSocket(url);
    socket = made;
    made.addEventListener("open", () => {
      if (isOver) {
        made.close();
        return;
      }
      waitMs = FIRST_WAIT_MS;
      listener.onConnected();
    });
    made.addEventListener("message", ({ data }) => {
      if (!isOver) listener.onMessage(JSON.parse(String(data)) as LiveMessage);
    });
    made.addEventListener("close", () => {
      if (isOver) return;
      listener.onLost();
      void learnWhoIsHere();
      timer = window.setTimeout(connect, waitMs);
      waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS);
    });
  };

  connect();
  return () => {
    isOver = true;
    window.clearTimeout(timer);
    // One that is still being made is closed when it is there: a browser complains of anything else.
    if (socket?.readyState === WebSocket.OPEN) socket.close();
  };
}
