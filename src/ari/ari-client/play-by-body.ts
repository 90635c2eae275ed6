import { type AriLogin, requestByHttp } from "../http-request.js";

/**
 * Bytes of files in a query. Asterisk reads 4,096 of a request line (`MAX_HTTP_LINE_LENGTH` in main/http.c), and a
 * password of 32 letters is a hundred files.
 */
const MOST_IN_QUERY = 3_000;

/** Whether these media are too many for the query of a request, where `ari-client` would put them. */
export function isTooLongForQuery(media: readonly string[]): boolean {
  return encodeURIComponent(media.join(",")).length > MOST_IN_QUERY;
}

/**
 * Plays media that are named in the body of the request, which may be longer than its line. Rejects as
 * {@link requestByHttp} does.
 */
export async function playByBody(
  login: AriLogin,
  channelId: string,
  playbackId: string,
  media: readonly string[],
  ms: number,
): Promise<void> {
  const path = `channels/${encodeURIComponent(channelId)}/play/${playbackId}`;
  await requestByHttp(login, { method: "POST", path, operation: "channels/play", body: { media } }, ms);
}
