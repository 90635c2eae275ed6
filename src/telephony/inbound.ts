import type { AriChannel } from "../ari/messages.js";
import { errorText } from "../log.js";
import { calledDid, type DidSource, USUAL_DID_SOURCES } from "../verification/called-did.js";
import { callerIdentity } from "../verification/caller-identity.js";
import { canonicalDid } from "../verification/did.js";
import { afterAll } from "./after-all.js";
import { calledHeaders, callerHeaders, type ChannelVariables } from "./arrival-headers.js";
import type { CallParts } from "./call-parts.js";
import type { Calls, Unserved } from "./calls.js";
import { CONGESTION, InboundCall, type InboundSettings } from "./inbound-call.js";
import { isBrowserPhone } from "./route.js";
import { type TrunkArrivals, trunkOfArrival } from "./trunk-arrivals.js";
import { trunkOf } from "./trunk-of.js";

/** Q.850 1, unallocated number: Asterisk makes it 404. */
const UNALLOCATED = 1;

/** Of calls that go out too; those have no user there that was called, and are `s`. */
const FROM_TRUNK = "from-trunk";

/** Says on the channel, for all to read, whose database serves the call. */
const SERVED_BY = "HONNIN_SERVED_BY";

export interface InboundOptions extends InboundSettings {
  /** How calls that come in by each trunk are read, by its name. */
  readonly arrivals: ReadonlyMap<string, TrunkArrivals>;
}

/**
 * Takes the calls that come in; the dialplan sends them as `Stasis(honnin,inbound,DID,ENDPOINT)`, without the DID where
 * it leaves the choice to us.
 */
export class Inbound {
  readonly #parts: CallParts;
  readonly #settings: InboundOptions;
  readonly #calls: Calls;
  #inProgress = 0;
  #stopped = false;

  constructor(parts: CallParts, calls: Calls, settings: InboundOptions) {
    this.#parts = parts;
    this.#calls = calls;
    this.#settings = settings;
    calls.onUnserved((unserved) => this.#onUnserved(unserved));
  }

  /** Two services have two databases, and a database has one key. */
  get #me(): string {
    return this.#parts.store.vault.fingerprint;
  }

  get callsInProgress(): number {
    return this.#inProgress;
  }

  /** Calls that come in from now on are refused, or taken again. */
  refuse(refused = true): void {
    this.#stopped = refused;
  }

  /** Rejects when it could not be found out of one whose it is, after all others were taken. */
  async #onUnserved(unserved: readonly Unserved[]): Promise<void> {
    const take = async ({ channel, args, found }: Unserved): Promise<void> => {
      const [direction, did = "", endpoint = ""] = args ?? [];
      if (found === "now" && isForOptions(channel)) this.#refuse(channel, UNALLOCATED);
      if (direction !== "inbound") return;
      if (found === "now" || (await this.#isOurs(channel.id))) this.#take(channel, did, endpoint);
    };
    await afterAll(unserved.map(take));
  }

  #take(channel: AriChannel, did: string, endpoint: string): void {
    if (this.#calls.has(channel.id)) return;
    const { mayAct, hasOthers } = this.#parts;
    // A node that is cut off from the database may not act: where there are others the call is theirs.
    if (this.#stopped || (!mayAct() && hasOthers())) {
      this.#refuse(channel, CONGESTION);
      return;
    }
    this.#parts.ari.setVariable(channel.id, SERVED_BY, this.#me).catch((error: unknown) => {
      this.#parts.log.debug("a call could not be marked", { channel: channel.id, error: errorText(error) });
    });
    // Not `channel.caller`: Asterisk puts the asserted number there even when the caller withholds it.
    const said = channel.channelvars ?? {};
    const trunk = trunkOfArrival(endpoint, said["HONNIN_REQUEST_URI"] ?? "", this.#settings.arrivals);
    if (trunk === null) {
      this.#parts.log.warn("a call came in of which nobody can tell by which trunk: refused", {
        channel: channel.id,
        endpoint,
      });
      this.#refuse(channel, UNALLOCATED);
      return;
    }
    const { didFrom = USUAL_DID_SOURCES, encrypts = isBrowserPhone(trunk) } =
      this.#settings.arrivals.get(trunk) ?? {};
    const called = did === "" ? this.#didCalled(said, didFrom) : canonicalDid(did);
    if (called === null) {
      this.#parts.log.warn("a call came in that names none of our DIDs, or two of them: refused", {
        channel: channel.id,
        trunk,
        looked_at: didFrom.join(","),
      });
      this.#refuse(channel, UNALLOCATED);
      return;
    }
    const call = new InboundCall(this.#parts, this.#settings, {
      channelId: channel.id,
      callId: channel.protocol_id,
      did: called,
      encrypts,
      trunk: trunkOf(trunk),
      caller: callerIdentity(callerHeaders(said, trunk), this.#settings.trustAsserted),
    });
    this.#calls.add(call);
    this.#inProgress += 1;
    void call.done.then(() => {
      this.#inProgress -= 1;
    });
    call.start();
  }

  #didCalled(said: ChannelVariables, from: readonly DidSource[]): string | null {
    return calledDid(calledHeaders(said), from, this.#settings.dids);
  }

  #refuse(channel: AriChannel, q850Cause: number): void {
    this.#parts.ari.hangUp(channel.id, q850Cause).catch((error: unknown) => {
      this.#parts.log.warn("a call could not be refused", { channel: channel.id, error: errorText(error) });
    });
  }

  /** Whether nobody serves the call, or a run of ours that was killed: another Honnin on this Asterisk keeps its own. */
  async #isOurs(channelId: string): Promise<boolean> {
    const by = await this.#parts.ari.readVariable(channelId, SERVED_BY);
    return by === null || by === this.#me;
  }
}

/** Whether an INVITE came to the user that is there for OPTIONS alone. */
function isForOptions({ dialplan }: AriChannel): boolean {
  return dialplan?.context === FROM_TRUNK && dialplan.exten !== undefined && dialplan.exten !== "s";
}
