/** REST over the events WebSocket with nothing around it: no deadlines, no reconnection, no database. */
import { randomUUID } from "node:crypto";
import { WebSocket } from "ws";
import { onNumber, readSetting, ready } from "./setting.js";

const { ariUrl, username, password, promptsBefore, promptsAfter, keys } = readSetting();

interface Call {
  entered: string;
  playing: string | null;
}

interface Message {
  readonly type: string;
  readonly channel?: { readonly id: string };
  readonly digit?: string;
  readonly playback?: { readonly id: string; readonly target_uri: string };
}

const calls = new Map<string, Call>();
const socket = new WebSocket(`${ariUrl.replace("http", "ws")}/ari/events?app=bench`, {
  headers: { Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` },
});

function request(method: string, uri: string, parameters: Readonly<Record<string, string>> = {}): void {
  socket.send(
    JSON.stringify({
      type: "RESTRequest",
      transaction_id: randomUUID(),
      request_id: randomUUID(),
      method,
      uri,
      query_strings: Object.entries(parameters).map(([name, value]) => ({ name, value })),
    }),
  );
}

function play(id: string, call: Call, prompts: readonly string[]): void {
  call.playing = randomUUID();
  const media = prompts.map((prompt) => `sound:${prompt}`).join(",");
  request("POST", `channels/${id}/play/${call.playing}`, { media });
}

function onKey(id: string, call: Call, digit: string): void {
  if (call.playing !== null) request("DELETE", `playbacks/${call.playing}`);
  call.playing = null;
  call.entered += digit;
  if (call.entered.length < keys.length) return;
  if (call.entered === keys) play(id, call, promptsAfter);
  else request("DELETE", `channels/${id}`);
}

socket.on("message", (data: Buffer) => {
  const message = JSON.parse(data.toString("utf8")) as Message;
  const id = message.channel?.id ?? message.playback?.target_uri.slice("channel:".length) ?? "";
  const call = calls.get(id);
  switch (message.type) {
    case "StasisStart": {
      const arrived: Call = { entered: "", playing: null };
      calls.set(id, arrived);
      if (!id.startsWith("out-")) request("POST", `channels/${id}/answer`);
      play(id, arrived, promptsBefore);
      return;
    }
    case "ChannelDtmfReceived":
      if (call !== undefined) onKey(id, call, message.digit ?? "");
      return;
    case "PlaybackFinished":
      if (call?.playing !== message.playback?.id || call === undefined) return;
      call.playing = null;
      if (call.entered.length === keys.length) request("DELETE", `channels/${id}`);
      return;
    case "StasisEnd":
    case "ChannelDestroyed":
      calls.delete(id);
  }
});
socket.on("open", ready);
onNumber((number) => {
  const id = `out-${randomUUID()}`;
  request("POST", `channels/${id}`, { endpoint: `PJSIP/${number}@trunk`, app: "bench", timeout: "30" });
});
