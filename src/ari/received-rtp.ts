import type { ReceivedRtp } from "./connection.js";
import { AriRequestError } from "./errors.js";

/**
 * What Asterisk answers to `GET channels/{id}/rtp_statistics`. A channel without RTP, or one that is gone, is refused
 * (404, 409 and others), and so is the question by versions that do not know it: null.
 */
export async function receivedRtpOf(answer: Promise<string | undefined>): Promise<ReceivedRtp | null> {
  try {
    const told = JSON.parse((await answer) ?? "null") as { rxcount?: unknown; rxoctetcount?: unknown } | null;
    const { rxcount: packets, rxoctetcount: octets } = told ?? {};
    return typeof packets === "number" && typeof octets === "number" ? { packets, octets } : null;
  } catch (error) {
    if (error instanceof AriRequestError) return null;
    throw error;
  }
}
