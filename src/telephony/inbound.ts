import { drainCalls } from "./drain.js";
import type { AriChannel, AriEvent } from "../ari/messages.js";
import { errorText } from "../log.js";
import type { LockedPin } from "../store/hints.js";
import { calledDid, type DidSource } from "../verification/called-did.js";
import { callerIdentity } from "../verification/caller-identity.js";
import { canonicalDid } from "../verification/did.js";
import type { VerificationStatus } from "../verification/status.js";
import { calledHeaders, callerHeaders, type ChannelVariables } from "./arrival-headers.js";
import type { CallParts } from "./call-parts.js";
import { InboundCall, type InboundSettings } from "./inbound-call.js";
import { Reconciliation } from "./reconciliation.js";

/** Our name as a Stasis application; the dialplan has it too. */
export const APPLICATION = "honnin";

/** Q.850 42, switching equipment congestion: Asterisk makes it 503, on which a trunk may try another way. */
const CONGESTION = 42;
/** Q.850 1, unallocated number: Asterisk makes it 404. */
const UNALLOCATED = 1;

/** Says on the channel, for all to read, whose database serves the call. */
const SERVED_BY = "HONNIN_SERVED_BY";

export interface InboundOptions extends InboundSettings {
  /** Where the trunk puts the DID that was dialled. */
  readonly didFrom: readonly DidSource[];
}

/**
 * Takes the calls that come in; the dialplan sends them as `Stasis(honnin,inbound,DID,ENDPOINT)`, without the DID where
 * it leaves the choice to us.
 */
export class Inbound {
  readonly #parts: CallParts;
  readonly #settings: InboundOptions;
  readonly #calls = new Map<string, InboundCall>();
  readonly #reconciliation: Reconciliation;
  #stopped = false;
  #off: (() => void)[] = [];

  constructor(parts: CallParts, settings: InboundOptions) {
    this.#parts = parts;
    this.#reconciliation = new Reconciliation(parts.ari, parts.log, () => this.#reconcile());
    this.#settings = settings;
  }

  /** Two services have two databases, and a database has one key. */
  get #me(): string {
    return this.#parts.store.vault.fingerprint;
  }

  get callsInProgress(): number {
    return this.#calls.size;
  }

  /** Listens, and takes over the calls that have been waiting since before we were there. */
  async start(): Promise<void> {
    const { ari, store, log } = this.#parts;
    const ended = (seq: number, status: VerificationStatus): void => {
      for (const call of this.#calls.values()) if (call.seq === seq) call.end(status);
    };
    const pinLocked = ({ clientId, enrollmentId, for: whom }: LockedPin): void => {
      const fields = { client: clientId, enrollment: enrollmentId, for: whom };
      log.warn(
        "the PIN of an enrolment is locked after too many wrong ones; its server has to renew it",
        fields,
      );
    };
    store.hints.on("ended", ended);
    store.hints.on("pin_locked", pinLocked);
    this.#off = [
      () => store.hints.off("ended", ended),
      () => store.hints.off("pin_locked", pinLocked),
      ari.onStray((event) => {
        this.#onStray(event);
      }),
      ari.onDown(() => {
        for (const call of this.#calls.values()) call.linkDown();
      }),
      ari.onUp(() => {
        for (const call of this.#calls.values()) call.linkBack();
        void this.#reconciliation.run();
      }),
      () => {
        this.#reconciliation.stop();
      },
    ];
    if (ari.up) await this.#reconciliation.run();
  }

  /** Calls that come in from now on are refused. */
  refuse(): void {
    this.#stopped = true;
  }

  /**
   * No new calls: they are refused, until {@link stop}. Resolves when those in progress have ended, or after the
   * deadline.
   */
  async drain(ms: number): Promise<void> {
    this.refuse();
    await drainCalls(
      () => this.#calls.values(),
      () => this.#calls.size > 0,
      ms,
    );
  }

  /** Listens no more; for when the link to Asterisk is about to be closed. */
  stop(): void {
    for (const off of this.#off) off();
  }

  #onStray(event: AriEvent): void {
    if (event.type !== "StasisStart") return;
    const [direction, did = "", trunk = ""] = event.args;
    if (direction === "inbound") this.#take(event.channel, did, trunk);
  }

  #take(channel: AriChannel, did: string, trunk: string): void {
    if (this.#calls.has(channel.id)) return;
    if (this.#stopped) {
      this.#refuse(channel, CONGESTION);
      return;
    }
    this.#parts.ari.setVariable(channel.id, SERVED_BY, this.#me).catch((error: unknown) => {
      this.#parts.log.debug("a call could not be marked", { channel: channel.id, error: errorText(error) });
    });
    // Not `channel.caller`: Asterisk puts the asserted number there even when the caller withholds it.
    const said = channel.channelvars ?? {};
    const called = did === "" ? this.#didCalled(said) : canonicalDid(did);
    if (called === null) {
      this.#parts.log.warn("a call came in that names none of our DIDs, or two of them: refused", {
        channel: channel.id,
        trunk,
        looked_at: this.#settings.didFrom.join(","),
      });
      this.#refuse(channel, UNALLOCATED);
      return;
    }
    const call = new InboundCall(this.#parts, this.#settings, {
      channelId: channel.id,
      callId: channel.protocol_id,
      did: called,
      caller: callerIdentity(callerHeaders(said, trunk), this.#settings.trustAsserted),
    });
    this.#calls.set(channel.id, call);
    void call.done.then(() => {
      this.#calls.delete(channel.id);
    });
    call.start();
  }

  #didCalled(said: ChannelVariables): string | null {
    return calledDid(calledHeaders(said), this.#settings.didFrom, this.#settings.dids);
  }

  #refuse(channel: AriChannel, q850Cause: number): void {
    this.#parts.ari.hangUp(channel.id, q850Cause).catch((error: unknown) => {
      this.#parts.log.warn("a call could not be refused", { channel: channel.id, error: errorText(error) });
    });
  }

  #reconcile(): (channels: readonly AriChannel[]) => Promise<void> {
    const asked = [...this.#calls.values()];
    return async (channels) => {
      const alive = new Set(channels.map((channel) => channel.id));
      for (const call of asked) call.linkUp(alive.has(call.channelId));
      // One that nobody serves is served now.
      for (const channel of channels) {
        const { app_name, app_data = "" } = channel.dialplan ?? {};
        const [application, direction, did = "", trunk = ""] = app_data.split(",");
        // An Asterisk may have other applications than ours.
        if (app_name !== "Stasis" || application !== APPLICATION || direction !== "inbound") continue;
        if (!this.#calls.has(channel.id) && (await this.#isOurs(channel.id))) this.#take(channel, did, trunk);
      }
    };
  }

  /** Whether nobody serves the call, or a run of ours that was killed: another Honnin on this Asterisk keeps its own. */
  async #isOurs(channelId: string): Promise<boolean> {
    const by = await this.#parts.ari.readVariable(channelId, SERVED_BY);
    return by === null || by === this.#me;
  }
}
