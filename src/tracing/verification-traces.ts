import type { EventData } from "../representation/event-data.js";
import type { AppendedEvent } from "../store/hints.js";
import type { CallEvent } from "../telephony/call-events.js";
import type { TraceSink } from "./otlp-traces.js";
import type { Moment, ToldSpan } from "./told-span.js";

type Verification = EventData["verification.created"];
type Call = EventData["call.ended"];
type Attempt = Verification["attempts"][number];

/** Calls of which something is remembered, and verifications that wait for a call's end. A crash leaves some behind. */
const MOST_KEPT = 5_000;
/** Of one call. */
const MOST_MOMENTS = 100;

const FINAL: readonly AppendedEvent["type"][] = [
  "verification.verified",
  "verification.failed",
  "verification.expired",
  "verification.canceled",
];

/**
 * Makes a trace of each verification when it has ended: from its registration to its verdict, with the time that it
 * waited and its calls in it. Made of what was committed, so that it is the clients' own truth, and of what happened on
 * the calls meanwhile. No number, no code and no metadata is in it.
 */
export class VerificationTraces {
  readonly #sink: Pick<TraceSink, "tell">;
  readonly #clock: () => number;
  /** By the call's id. */
  readonly #moments = new Map<string, Moment[]>();
  /** Ended, while a call still says goodbye; by client and id. */
  readonly #waiting = new Map<string, { readonly clientId: string; readonly verification: Verification }>();

  constructor(sink: Pick<TraceSink, "tell">, clock: () => number) {
    this.#sink = sink;
    this.#clock = clock;
  }

  /** Something happened on a call. */
  happened(event: CallEvent): void {
    const told = momentOf(event);
    if (told === null) return;
    const moments = this.#moments.get(event.attemptId) ?? [];
    if (moments.length < MOST_MOMENTS) moments.push({ ...told, at: this.#clock() });
    this.#moments.set(event.attemptId, moments);
    keepFew(this.#moments);
  }

  /** Events of one commit. */
  told(events: readonly AppendedEvent[]): void {
    for (const { type, clientId, data } of events) {
      if (FINAL.includes(type)) this.#ended(clientId, data as unknown as Verification);
      else if (type === "call.ended") this.#callEnded(clientId, data as unknown as Call);
    }
  }

  #ended(clientId: string, verification: Verification): void {
    if (verification.attempts.some(({ ended_at }) => ended_at === null)) {
      this.#waiting.set(`${clientId}/${verification.id}`, { clientId, verification });
      keepFew(this.#waiting);
    } else this.#tell(clientId, verification);
  }

  #callEnded(clientId: string, { verification_id, attempt }: Call): void {
    const key = `${clientId}/${verification_id}`;
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) return;
    this.#waiting.delete(key);
    const { verification } = waiting;
    const attempts = verification.attempts.map((one) => (one.id === attempt.id ? attempt : one));
    this.#ended(clientId, { ...verification, attempts });
  }

  #tell(clientId: string, verification: Verification): void {
    const { id, status, reason, created_at, completed_at, direction, channel, method, attempts } =
      verification;
    const from = Date.parse(created_at);
    const verdict = completed_at === null ? this.#clock() : Date.parse(completed_at);
    const first = attempts[0];
    const calls = attempts.map((attempt) => this.#call(attempt));
    const waited: readonly ToldSpan[] =
      first === undefined ? [] : [plain("wait for the call", from, Date.parse(first.started_at))];
    this.#sink.tell({
      name: `verification ${direction} ${method}`,
      from,
      to: Math.max(verdict, ...calls.map(({ to }) => to)),
      failed: status === "failed",
      attributes: {
        "honnin.client": clientId,
        "honnin.verification": id,
        ...{ "honnin.direction": direction, "honnin.channel": channel, "honnin.method": method },
        ...{ "honnin.status": status, "honnin.reason": reason ?? "" },
        "honnin.code_entries": verification.code_entries,
      },
      moments: [{ name: "verdict", at: verdict, attributes: { "honnin.status": status } }],
      parts: [...waited, ...calls],
    });
  }

  #call(attempt: Attempt): ToldSpan {
    const { id, started_at, ringing_at, answered_at, ended_at, trunk, outcome, sip_status, direction } =
      attempt;
    const from = Date.parse(started_at);
    const moments = this.#moments.get(id) ?? [];
    this.#moments.delete(id);
    const committed = { ringing: ringing_at, answered: answered_at };
    return {
      name: `call ${direction}`,
      from,
      to: ended_at === null ? this.#clock() : Date.parse(ended_at),
      failed: outcome === "failed",
      attributes: {
        "honnin.call": id,
        "honnin.trunk": trunk ?? "",
        "honnin.outcome": outcome ?? "",
        ...(sip_status === null ? {} : { "honnin.sip_status": sip_status }),
      },
      moments: [
        ...Object.entries(committed).flatMap(([name, at]) =>
          at === null ? [] : [{ name, at: Date.parse(at), attributes: {} }],
        ),
        ...moments,
      ],
      parts: [],
    };
  }
}

/** @returns null of what the outbox tells of too, and of keys: when each came would tell how somebody types. */
function momentOf(event: CallEvent): Omit<Moment, "at"> | null {
  if (event.kind === "said")
    return { name: "said", attributes: { "honnin.prompts": event.pieces.join(" ") } };
  if (event.kind === "listening") return { name: "listening", attributes: {} };
  if (event.kind === "ruled") return { name: "ruled", attributes: { "honnin.ruling": event.ruling.kind } };
  return null;
}

function plain(name: string, from: number, to: number): ToldSpan {
  return { name, from, to, failed: false, attributes: {}, moments: [], parts: [] };
}

/** Forgets the oldest where there are too many. */
function keepFew(kept: Map<string, unknown>): void {
  const oldest = kept.size > MOST_KEPT ? kept.keys().next() : undefined;
  if (oldest?.done === false) kept.delete(oldest.value);
}
