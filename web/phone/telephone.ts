import { signal } from "@preact/signals";
import { C, UA, WebSocketInterface } from "jssip";
import type { RTCSession } from "jssip/lib/RTCSession";
import type { PhoneAccount } from "../../src/console/contract/phone.js";
import { PHONE_CLOSED } from "../../src/console/contract/phone-closed.js";
import { Call, type CallState, PEER_CONNECTION } from "./call.js";
import { note } from "./call-log.js";
import type { Key } from "./sounds.js";
import { Sounds } from "./sounds.js";

export type TelephoneState = "off" | "connecting" | "ready" | CallState;

/** One domain is served, and this is its name (`default_realm` in asterisk-config/pjsip.conf). */
const DOMAIN = "honnin";
const REGISTER_S = 120;
const RECONNECT_S = { connection_recovery_min_interval: 1, connection_recovery_max_interval: 10 };

export const state = signal<TelephoneState>("off");
/** Of the call that rings or is up. */
export const peer = signal("");
/** Keys sent in this call. */
export const keys = signal("");
/** Whether a real microphone is used. */
export const usesMicrophone = signal(false);

/** Counted up by each start and each end: what was begun before the latest of them is over. */
let round = 0;
let sounds: Sounds | undefined;
let ua: UA | undefined;
let call: Call | undefined;
let voice: MediaStream | undefined;

/** How loud the other end is, 0 to 1. */
export function level(): number {
  return sounds?.level() ?? 0;
}

/** Becomes this extension. To be called for a click: sound needs one. */
export async function start({ name, browser_name: user, password }: PhoneAccount): Promise<void> {
  round += 1;
  const nth = round;
  sounds ??= new Sounds();
  state.value = "connecting";
  note("logConnecting");
  const [microphone] = await Promise.all([askForMicrophone(), sounds.wake()]);
  if (nth !== round) {
    for (const track of microphone?.getTracks() ?? []) track.stop();
    return;
  }
  voice = takeVoice(microphone, sounds);
  const address = `wss://${window.location.host}/phone/ws`;
  const agent = new UA({
    ...RECONNECT_S,
    sockets: [new WebSocketInterface(address)],
    uri: `sip:${user}@${DOMAIN}`,
    authorization_user: name,
    password,
    register_expires: REGISTER_S,
    session_timers: false,
    user_agent: "Honnin browser telephone",
  });
  ua = agent;
  agent.on("registered", () => {
    if (ua !== agent || state.value !== "connecting") return;
    state.value = "ready";
    note("logRegistered", name);
  });
  agent.on("registrationFailed", ({ cause }) => {
    if (ua !== agent || cause === C.causes.CONNECTION_ERROR) return;
    note("logRefused", cause ?? "");
    turnOff();
  });
  agent.on("disconnected", ({ code }) => {
    if (ua === agent) onDisconnected(code);
  });
  agent.on("newRTCSession", ({ session }: { session: RTCSession }) => {
    if (ua === agent) onCall(session);
  });
  agent.start();
}

export function stop(): void {
  turnOff();
  note("logStopped");
}

/** @param caller the number that is played; empty: the extension's own; `184`: withheld. */
export function dial(did: string, caller: string): void {
  if (state.value !== "ready" || ua === undefined || voice === undefined) return;
  const target = caller === "" ? did : `${did}*${caller}`;
  peer.value = did;
  note("logCalling", did);
  ua.call(`sip:${target}@${DOMAIN}`, { mediaStream: voice, pcConfig: PEER_CONNECTION });
}

export function answer(): void {
  if (call?.state !== "ringing" || voice === undefined) return;
  sounds?.stopRinging();
  call.answer(voice);
}

export function hangUp(): void {
  call?.hangUp();
}

export function press(key: Key): void {
  sounds?.key(key);
  if (call?.state !== "talking") return;
  keys.value += key;
  call.send(key);
}

function onCall(session: RTCSession): void {
  if (call !== undefined) {
    session.terminate({ status_code: 486, reason_phrase: "Busy Here" });
    return;
  }
  const at = sounds;
  if (at === undefined) return;
  const one = new Call(session, {
    sounds: at,
    onState: (now) => {
      at.stopRinging();
      state.value = now;
    },
    onEnd: () => {
      call = undefined;
      at.stopRinging();
      at.hearNothing();
      if (ua !== undefined) state.value = ua.isRegistered() ? "ready" : "connecting";
    },
  });
  call = one;
  keys.value = "";
  state.value = one.state;
  if (one.state === "ringing") {
    peer.value = session.remote_identity.uri.user;
    note("logRinging", peer.value);
    at.startRinging();
  }
}

function onDisconnected(code: number | undefined): void {
  const reasons = {
    [PHONE_CLOSED.takenOver]: "logTakenOver",
    [PHONE_CLOSED.sessionOver]: "logSessionOver",
    [PHONE_CLOSED.idle]: "logIdle",
  } as const;
  const reason = Object.entries(reasons).find(([known]) => Number(known) === code)?.[1];
  if (reason !== undefined) {
    turnOff();
    note(reason);
  } else if (state.value !== "connecting") {
    note("logLost");
    state.value = "connecting";
  }
}

function turnOff(): void {
  round += 1;
  const agent = ua;
  ua = undefined;
  call?.hangUp();
  call = undefined;
  agent?.stop();
  sounds?.stopRinging();
  sounds?.hearNothing();
  for (const track of voice?.getTracks() ?? []) track.stop();
  voice = undefined;
  state.value = "off";
}

/**
 * The permission is asked for even where there is no use for the microphone: without it Chromium hides its addresses,
 * and Asterisk takes no voice from one that was not named.
 */
async function askForMicrophone(): Promise<MediaStream | undefined> {
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch {
    note("logNoMicrophone");
    return undefined;
  }
}

function takeVoice(microphone: MediaStream | undefined, silent: Sounds): MediaStream {
  if (microphone !== undefined && usesMicrophone.value) return microphone;
  for (const track of microphone?.getTracks() ?? []) track.stop();
  return silent.silence();
}
