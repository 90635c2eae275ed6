import type { CallEvent } from "../../src/telephony/call-events.js";
import { testify, type Witness } from "../support/evidence.js";

interface Entry {
  readonly at: string;
  readonly event: CallEvent;
}

/** What a service told of its calls, in order and with the time. */
export class CallDiary {
  readonly #entries: Entry[] = [];
  readonly #witnesses = new Map<string, Witness>();
  readonly #logged: () => string;

  /** `logged`: everything that the service has logged so far. */
  constructor(logged: () => string) {
    this.#logged = logged;
  }

  note(event: CallEvent): void {
    this.#entries.push({ at: new Date().toISOString(), event });
  }

  get events(): readonly CallEvent[] {
    return this.#entries.map(({ event }) => event);
  }

  eventsOf(id: string): readonly CallEvent[] {
    return this.events.filter((event) => event.verificationId === id);
  }

  /** A failure of the story or test in which this is called shows what happened on this verification's calls. */
  testifyOn(id: string): void {
    const witness = this.#witnesses.get(id) ?? { evidence: () => this.#evidenceOf(id) };
    this.#witnesses.set(id, witness);
    testify(witness);
  }

  /** Events, the log's lines that name the verification or one of its calls, and all complaints, in order. */
  #evidenceOf(id: string): string {
    const told = this.#entries
      .filter(({ event }) => event.verificationId === id)
      .map(({ at, event }) => ({ at, line: `${event.kind} ${event.attemptId} ${contentOf(event)}` }));
    const ids = [id, ...this.eventsOf(id).map(({ attemptId }) => attemptId)];
    const logged = this.#logged()
      .split("\n")
      .filter((line) => ids.some((known) => line.includes(known)) || /"level":"(warn|error)"/.test(line))
      .map((line) => ({ at: /"timestamp":"([^"]+)"/.exec(line)?.[1] ?? "", line }));
    const lines = [...told, ...logged].sort((a, b) => (a.at < b.at ? -1 : 1));
    const all = lines.map(({ at, line }) => `${at.slice(11, 23)} ${line}`);
    return [`verification ${id}, as told and logged:`, ...all].join("\n  ");
  }
}

function contentOf(event: CallEvent): string {
  if (event.kind === "said") return event.pieces.join(" ");
  return event.kind === "ruled" ? JSON.stringify(event.ruling) : "";
}
