import type { AriLogin } from "./asterisk-version.js";
import { AriLinkDownError, AriRequestError, AriTimeoutError } from "./errors.js";

/**
 * Bytes of files in a query. Asterisk reads 4,096 of a request line (`MAX_HTTP_LINE_LENGTH` in main/http.c), and a
 * password of 32 letters is a hundred files.
 */
const MOST_IN_QUERY = 3_000;

/** Whether these files are too many for the query of a request, where `ari-client` would put them. */
export function isTooLongForQuery(media: string): boolean {
  return encodeURIComponent(media).length > MOST_IN_QUERY;
}

/**
 * Plays files that are named in the body of the request, which may be longer than its line.
 *
 * @throws {AriRequestError} with the status.
 * @throws {AriTimeoutError} after `ms`.
 * @throws {AriLinkDownError} when Asterisk cannot be reached.
 */
export async function playByBody(
  login: AriLogin,
  channelId: string,
  playbackId: string,
  media: string,
  ms: number,
): Promise<void> {
  const credentials = Buffer.from(`${login.username}:${login.password}`).toString("base64");
  const deadline = AbortSignal.timeout(ms);
  const channel = encodeURIComponent(channelId);
  let response: Response;
  try {
    response = await fetch(`${login.url.replace(/\/$/, "")}/ari/channels/${channel}/play/${playbackId}`, {
      method: "POST",
      headers: {
        authorization: `Basic ${credentials}`,
        "content-type": "application/json",
        connection: "close",
      },
      body: JSON.stringify({ media: media.split(",") }),
      signal: deadline,
    });
    await response.arrayBuffer();
  } catch (error) {
    if (deadline.aborted) throw new AriTimeoutError("POST", "channels/play", ms);
    throw new AriLinkDownError(
      `ARI POST channels/play: ${error instanceof Error ? error.message : "failed"}`,
    );
  }
  if (!response.ok) {
    throw new AriRequestError("POST", "channels/play", response.status, response.statusText);
  }
}
