import type { AriConnection, OriginateRequest, ReceivedRtp } from "../connection.js";
import { AriLinkDownError } from "../errors.js";
import type { AriChannel } from "../messages.js";
import { orGone } from "../or-gone.js";
import { receivedRtpOf } from "../received-rtp.js";
import { variableOf } from "../variable-of.js";
import { AriClientLink } from "./ari-client-link.js";
import { hangupReason } from "./hangup-reason.js";
import { isTooLongForQuery, playByBody } from "./play-by-body.js";
import { TELL_SIP_ANSWER } from "./sip-answer.js";

/**
 * ARI over HTTP requests and an events WebSocket, as Asterisk had it before REST over WebSocket (16 to
 * 20.13), by the npm package `ari-client`.
 */
export class AriClientConnection extends AriClientLink implements AriConnection {
  async originate(request: OriginateRequest): Promise<void> {
    const { channelId, endpoint, callerId, timeoutSeconds } = request;
    const variables = { ...(this.abilities.tellsTechCause ? {} : TELL_SIP_ANSWER), ...request.variables };
    await this.request({
      method: "POST",
      path: "channels",
      operation: ["channels", "originateWithId"],
      args: {
        channelId,
        endpoint,
        app: this.options.application,
        timeout: String(timeoutSeconds),
        ...(callerId === null ? {} : { callerId }),
        ...(Object.keys(variables).length === 0 ? {} : { body: JSON.stringify({ variables }) }),
      },
      lanes: [channelId],
    });
  }

  async answer(channelId: string): Promise<void> {
    await this.request({
      method: "POST",
      path: "channels/answer",
      operation: ["channels", "answer"],
      args: { channelId },
      lanes: [channelId],
    });
  }

  async play(channelId: string, playbackId: string, files: readonly string[]): Promise<void> {
    const media = files.map((file) => `sound:${file}`);
    const lanes = [channelId, playbackId];
    if (isTooLongForQuery(media)) {
      if (!this.link.up) throw new AriLinkDownError();
      const before = this.order.before(lanes) ?? Promise.resolve();
      const { requestMs } = this.options;
      const asked = before.then(() => playByBody(this.options, channelId, playbackId, media, requestMs));
      this.order.enter(lanes, asked);
      await asked;
      return;
    }
    await this.request({
      method: "POST",
      path: "channels/play",
      operation: ["channels", "playWithId"],
      args: { channelId, playbackId, media: media.join(",") },
      lanes,
    });
  }

  async pausePlayback(playbackId: string): Promise<void> {
    await this.request({
      method: "POST",
      path: "playbacks/control",
      operation: ["playbacks", "control"],
      args: { playbackId, operation: "pause" },
      lanes: [playbackId],
    });
  }

  async stopPlayback(playbackId: string): Promise<void> {
    const stopped = this.request({
      method: "DELETE",
      path: "playbacks",
      operation: ["playbacks", "stop"],
      args: { playbackId },
      lanes: [playbackId],
    });
    await orGone(stopped);
  }

  async hangUp(channelId: string, q850Cause: number): Promise<void> {
    const hungUp = this.request({
      method: "DELETE",
      path: "channels",
      operation: ["channels", "hangup"],
      args: { channelId, ...hangupReason(q850Cause, this.abilities) },
      lanes: [channelId],
    });
    await orGone(hungUp);
  }

  async setVariable(channelId: string, name: string, value: string): Promise<void> {
    await this.request({
      method: "POST",
      path: "channels/variable",
      operation: ["channels", "setChannelVar"],
      args: { channelId, variable: name, value },
      lanes: [channelId],
    });
  }

  async readVariable(channelId: string, name: string): Promise<string | null> {
    return variableOf(
      this.request({
        method: "GET",
        path: "channels/variable",
        operation: ["channels", "getChannelVar"],
        args: { channelId, variable: name },
        lanes: [channelId],
      }),
    );
  }

  async listChannels(): Promise<readonly AriChannel[]> {
    const body = await this.request({
      method: "GET",
      path: "channels",
      operation: ["channels", "list"],
      args: {},
      lanes: [],
    });
    return JSON.parse(body ?? "[]") as AriChannel[];
  }

  async receivedRtp(channelId: string): Promise<ReceivedRtp | null> {
    const answer = this.request({
      method: "GET",
      path: "channels/rtp_statistics",
      operation: ["channels", "rtpstatistics"],
      args: { channelId },
      lanes: [],
    });
    return receivedRtpOf(answer);
  }

  async setGlobalVariable(name: string, value: string): Promise<void> {
    await this.request({
      method: "POST",
      path: "asterisk/variable",
      operation: ["asterisk", "setGlobalVar"],
      args: { variable: name, value },
      lanes: [],
    });
  }
}
