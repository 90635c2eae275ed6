/** The npm package `ari-client`, used as its own examples use it: no deadlines, no database. */
import { randomUUID } from "node:crypto";
import ariClient from "ari-client";
import { onNumber, readSetting, ready } from "./setting.js";

interface Channel {
  readonly id: string;
  on(event: "ChannelDtmfReceived", listener: (event: { readonly digit: string }) => void): void;
  on(event: "StasisEnd", listener: () => void): void;
  answer(): Promise<unknown>;
  hangup(): Promise<unknown>;
  play(options: { readonly media: string }, playback: Playback): Promise<unknown>;
}

interface Playback {
  on(event: "PlaybackFinished", listener: () => void): void;
  stop(): Promise<unknown>;
}

/** As far as it is used here. */
interface BareClient {
  Playback(): Playback;
  on(event: "StasisStart", listener: (event: unknown, channel: Channel) => void): void;
  start(application: string): Promise<unknown>;
  readonly channels: { originate(options: Readonly<Record<string, string | number>>): Promise<unknown> };
}

const { ariUrl, username, password, promptsBefore, promptsAfter, keys } = readSetting();
process.noDeprecation = true;
const client = (await ariClient.connect(ariUrl, username, password)) as unknown as BareClient;
/** A caller who hangs up in the middle makes requests fail: that is no trouble. */
const gone = (): void => undefined;

client.on("StasisStart", (_event, channel) => {
  let entered = "";
  let playing: Playback | null = null;
  const play = (prompts: readonly string[], then: () => void): void => {
    const playback = client.Playback();
    playing = playback;
    playback.on("PlaybackFinished", () => {
      if (playing !== playback) return;
      playing = null;
      then();
    });
    channel.play({ media: prompts.map((prompt) => `sound:${prompt}`).join(",") }, playback).catch(gone);
  };
  const hangUp = (): void => {
    channel.hangup().catch(gone);
  };
  channel.on("ChannelDtmfReceived", ({ digit }) => {
    playing?.stop().catch(gone);
    playing = null;
    entered += digit;
    if (entered.length < keys.length) return;
    if (entered === keys) play(promptsAfter, hangUp);
    else hangUp();
  });
  channel.on("StasisEnd", () => {
    playing = null;
  });
  if (!channel.id.startsWith("out-")) channel.answer().catch(gone);
  play(promptsBefore, gone);
});
await client.start("bench");
ready();
onNumber((number) => {
  const channelId = `out-${randomUUID()}`;
  client.channels
    .originate({ channelId, endpoint: `PJSIP/${number}@trunk`, app: "bench", timeout: 30 })
    .catch(gone);
});
