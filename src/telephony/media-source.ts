import type { AriConnection } from "../ari/connection.js";
import type { Overheard } from "./last-word.js";
import { voiceFlows } from "./voice-flows.js";
import { withinDoubt } from "./within-doubt.js";

/** Address and port to which the sound of a call goes: that of the peer's SDP or, once learnt, where its own comes from. */
const SENT_TO = "CHANNEL(rtp,dest)";

interface MediaSourceParts {
  readonly ari: Pick<AriConnection, "readVariable" | "receivedRtp">;
  readonly channelId: string;
  /** By the bundled Asterisk. */
  readonly overheard: Pick<Overheard, "namesMedia"> | undefined;
  /** Told once, at the first key that is not counted. */
  readonly onStranger: () => void;
}

/**
 * Whether the keys of a call come from its peer. Asterisk takes sound from the address in the peer's SDP at once, and
 * from any other after a second of unbroken packets (`probation` in rtp.conf) while the former is silent: so work peers
 * behind address translation and media relays, and so would a stranger who guesses the port of a call whose trunk
 * sends no voice. Keys from an address that no SDP of the call has named count only where voice has come from there all
 * along. An Asterisk of the user's own does not show its SDP: a place that changes may have been named by a re-INVITE,
 * and is believed, for a person who cannot key is shut out of a bank.
 */
export class MediaSource {
  readonly #parts: MediaSourceParts;
  readonly #now: () => number;
  readonly #answeredAt: number;
  readonly #named: Promise<string | null>;
  #trusted: boolean;
  #told = false;

  /**
   * Made at the answer, before anybody else can have sent a second of packets.
   *
   * @param now milliseconds of a clock that never goes back.
   */
  constructor(parts: MediaSourceParts, now = (): number => performance.now()) {
    this.#parts = parts;
    this.#now = now;
    this.#answeredAt = now();
    this.#trusted = parts.overheard === undefined;
    this.#named = this.#trusted
      ? Promise.resolve(null)
      : parts.ari.readVariable(parts.channelId, SENT_TO).catch(() => null);
  }

  get trusted(): boolean {
    return this.#trusted;
  }

  /**
   * An Asterisk that does not say is believed: a stranger cannot make it silent.
   *
   * @param callId of SIP.
   */
  async ask(callId: string): Promise<boolean> {
    const { ari, channelId, overheard, onStranger } = this.#parts;
    if (this.#trusted) return true;
    const [named, peer] = await Promise.all([
      withinDoubt(this.#named),
      withinDoubt(ari.readVariable(channelId, SENT_TO)),
    ]);
    const isNamed =
      named === null || peer === null || named === peer || overheard?.namesMedia(callId, peer) === true;
    this.#trusted = isNamed || (await this.#hasVoice());
    if (!this.#trusted && !this.#told) {
      this.#told = true;
      onStranger();
    }
    return this.#trusted;
  }

  async #hasVoice(): Promise<boolean> {
    const { ari, channelId } = this.#parts;
    const received = await withinDoubt(ari.receivedRtp(channelId));
    return received === null || voiceFlows(received, this.#now() - this.#answeredAt);
  }
}
