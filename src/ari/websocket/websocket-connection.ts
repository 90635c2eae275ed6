import type { AriConnection, OriginateRequest, ReceivedRtp } from "../connection.js";
import type { AriChannel } from "../messages.js";
import { orGone } from "../or-gone.js";
import { receivedRtpOf } from "../received-rtp.js";
import { variableOf } from "../variable-of.js";
import { WebSocketLink } from "./websocket-link.js";

/**
 * ARI over one WebSocket: events, and REST requests since Asterisk 20.14, 21.9 and 22.4. It
 * reconnects without end; while it is down every request fails at once instead of hanging.
 */
export class WebSocketAriConnection extends WebSocketLink implements AriConnection {
  async originate(request: OriginateRequest): Promise<void> {
    await this.request(
      "POST",
      "channels",
      `channels/${request.channelId}`,
      {
        endpoint: request.endpoint,
        app: this.options.application,
        timeout: String(request.timeoutSeconds),
        ...(request.callerId === null ? {} : { callerId: request.callerId }),
      },
      request.variables === undefined ? undefined : { variables: request.variables },
    );
  }

  async answer(channelId: string): Promise<void> {
    await this.request("POST", "channels/answer", `channels/${channelId}/answer`, {});
  }

  async play(channelId: string, playbackId: string, files: readonly string[]): Promise<void> {
    await this.request("POST", "channels/play", `channels/${channelId}/play/${playbackId}`, {
      media: files.map((file) => `sound:${file}`).join(","),
    });
  }

  async pausePlayback(playbackId: string): Promise<void> {
    await this.request("POST", "playbacks/control", `playbacks/${playbackId}/control`, {
      operation: "pause",
    });
  }

  async stopPlayback(playbackId: string): Promise<void> {
    await orGone(this.request("DELETE", "playbacks", `playbacks/${playbackId}`, {}));
  }

  async hangUp(channelId: string, q850Cause: number): Promise<void> {
    await orGone(
      this.request("DELETE", "channels", `channels/${channelId}`, { reason_code: String(q850Cause) }),
    );
  }

  async setVariable(channelId: string, name: string, value: string): Promise<void> {
    await this.request("POST", "channels/variable", `channels/${channelId}/variable`, {
      variable: name,
      value,
    });
  }

  async readVariable(channelId: string, name: string): Promise<string | null> {
    return variableOf(
      this.request("GET", "channels/variable", `channels/${channelId}/variable`, { variable: name }),
    );
  }

  async listChannels(): Promise<readonly AriChannel[]> {
    const body = await this.request("GET", "channels", "channels", {});
    return JSON.parse(body ?? "[]") as AriChannel[];
  }

  async receivedRtp(channelId: string): Promise<ReceivedRtp | null> {
    const uri = `channels/${channelId}/rtp_statistics`;
    return receivedRtpOf(this.request("GET", "channels/rtp_statistics", uri, {}));
  }

  async setGlobalVariable(name: string, value: string): Promise<void> {
    await this.request("POST", "asterisk/variable", "asterisk/variable", { variable: name, value });
  }
}
