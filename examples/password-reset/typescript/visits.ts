import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Flow } from "./flow.ts";
import type { Member } from "./members.ts";

const COOKIE = "visit";
const IDLE_MS = 30 * 60_000;
const MOST_VISITS = 10_000;

/** Requests of one visit that may wait for their turn. */
const MOST_WAITING = 16;

/** What the server remembers of a browser. The browser has a random token and nothing else. */
export class Visit {
  member: Member | null = null;
  flow: Flow | null = null;
  seenAt = Date.now();
  /** Null while the browser has no token of this visit. */
  tokenHash: string | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** One request of a visit at a time, so that what one waits for is not replaced by another meanwhile. */
  async inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    if (this.#waiting >= MOST_WAITING) throw new Error("too many requests of one visit");
    this.#waiting += 1;
    const turn = this.#last.then(work).finally(() => {
      this.#waiting -= 1;
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

export class Visits {
  readonly #attributes: string;
  /** By the hash of the token, the longest unused first. */
  readonly #kept = new Map<string, Visit>();

  /** @param secure whether browsers come by HTTPS, as they must to a real site. */
  constructor(path: string, secure: boolean) {
    this.#attributes = `Path=${path}; HttpOnly; SameSite=Strict${secure ? "; Secure" : ""}`;
  }

  /** @returns an empty one, which is not kept before `renew`, where there is none. */
  of(request: IncomingMessage): Visit {
    const hash = hashOf(request);
    const visit = hash === null ? undefined : this.#kept.get(hash);
    if (hash === null || visit === undefined) return new Visit();
    this.#kept.delete(hash);
    if (Date.now() - visit.seenAt > IDLE_MS) return new Visit();
    visit.seenAt = Date.now();
    this.#kept.set(hash, visit);
    return visit;
  }

  /**
   * Gives a visit a new token, which takes the place of the one before: at its beginning, and where somebody logs in,
   * lest a token that was planted before (session fixation) be logged in with them.
   *
   * @returns the value of Set-Cookie.
   */
  renew(visit: Visit): string {
    this.forget(visit);
    const token = randomBytes(32).toString("base64url");
    visit.tokenHash = digest(token);
    this.#kept.set(visit.tokenHash, visit);
    for (const [hash, { seenAt }] of this.#kept) {
      if (this.#kept.size <= MOST_VISITS && Date.now() - seenAt <= IDLE_MS) break;
      this.#kept.delete(hash);
    }
    return `${COOKIE}=${token}; ${this.#attributes}`;
  }

  /** @returns the value of Set-Cookie. */
  forget(visit: Visit): string {
    if (visit.tokenHash !== null) this.#kept.delete(visit.tokenHash);
    return `${COOKIE}=; Max-Age=0; ${this.#attributes}`;
  }
}

function hashOf({ headers }: IncomingMessage): string | null {
  for (const pair of (headers.cookie ?? "").split(";")) {
    const [name, value] = pair.trim().split("=");
    if (name === COOKIE && value !== undefined && value !== "") return digest(value);
  }
  return null;
}

function digest(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
