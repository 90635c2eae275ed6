import { C } from "jssip";
import type { RTCSession } from "jssip/lib/RTCSession";
import { note } from "./call-log.js";
import type { Key, Sounds } from "./sounds.js";

export type CallState = "ringing" | "calling" | "talking";

/** Media goes straight to Asterisk: nobody else's server is asked where we are. */
export const PEER_CONNECTION: RTCConfiguration = { iceServers: [], bundlePolicy: "max-bundle" };
/** JsSIP waits for the last candidate, which may take half a minute to be missed; ours are there at once. */
const CANDIDATES_MS = 250;
const KEY_MS = { duration: 120, interToneGap: 80 };

interface CallParts {
  readonly sounds: Sounds;
  readonly onState: (state: CallState) => void;
  readonly onEnd: () => void;
}

/** One call, in or out. */
export class Call {
  readonly #session: RTCSession;
  readonly #sounds: Sounds;
  #state: CallState;

  constructor(session: RTCSession, { sounds, onState, onEnd }: CallParts) {
    this.#session = session;
    this.#sounds = sounds;
    this.#state = session.direction.toString() === "incoming" ? "ringing" : "calling";
    const change = (state: CallState): void => {
      this.#state = state;
      onState(state);
    };
    let candidates: number | undefined;
    session.on("icecandidate", ({ ready }) => {
      candidates ??= window.setTimeout(ready, CANDIDATES_MS);
    });
    session.on("peerconnection", ({ peerconnection }) => {
      this.#hear(peerconnection);
    });
    session.on("progress", () => {
      if (this.#state === "calling") note("logFarRinging");
    });
    session.on("accepted", () => {
      note("logAnswered");
      change("talking");
    });
    session.on("ended", () => {
      note("logEnded");
      onEnd();
    });
    session.on("failed", ({ cause }) => {
      note("logFailed", cause);
      onEnd();
    });
    // An outgoing one has its connection before anybody can listen for it.
    const { connection } = session as { readonly connection: RTCPeerConnection | null };
    if (connection !== null) this.#hear(connection);
  }

  get state(): CallState {
    return this.#state;
  }

  answer(voice: MediaStream): void {
    this.#session.answer({ mediaStream: voice, pcConfig: PEER_CONNECTION });
  }

  /** One that rings is declined, which is not the same as nobody being there. */
  hangUp(): void {
    if (this.#session.isEnded()) return;
    const declined = { status_code: 603, reason_phrase: "Decline" };
    this.#session.terminate(this.#state === "ringing" ? declined : {});
  }

  /** As telephone events (RFC 4733); by SIP INFO where the voice was not agreed upon with them. */
  send(key: Key): void {
    const sender = this.#session.connection.getSenders().find(({ track }) => track?.kind === "audio");
    const byEvents = sender?.dtmf?.canInsertDTMF === true;
    const transportType = byEvents ? C.DTMF_TRANSPORT.RFC2833 : C.DTMF_TRANSPORT.INFO;
    this.#session.sendDTMF(key, { ...KEY_MS, transportType });
    note(byEvents ? "logKey" : "logKeyByInfo");
  }

  #hear(connection: RTCPeerConnection): void {
    connection.addEventListener("track", ({ track, streams: [stream] }) => {
      this.#sounds.hear(stream ?? new MediaStream([track]));
    });
  }
}
