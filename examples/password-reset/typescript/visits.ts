import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Flow } from "./flow.ts";
import type { Member } from "./members.ts";

const COOKIE = "visit";
const IDLE_MS = 30 * 60_000;
const MOST_VISITS = 10_000;

/** What the server remembers of a browser. The browser has a random token and nothing else. */
export interface Visit {
  member: Member | null;
  flow: Flow | null;
}

interface Kept {
  readonly visit: Visit;
  seenAt: number;
}

export class Visits {
  readonly #attributes: string;
  /** By the hash of the token, the longest unused first. */
  readonly #kept = new Map<string, Kept>();

  /** @param secure whether browsers come by HTTPS, as they must to a real site. */
  constructor(path: string, secure: boolean) {
    this.#attributes = `Path=${path}; HttpOnly; SameSite=Strict${secure ? "; Secure" : ""}`;
  }

  of(request: IncomingMessage): Visit | null {
    const hash = hashOf(request);
    const kept = hash === null ? undefined : this.#kept.get(hash);
    if (hash === null || kept === undefined) return null;
    this.#kept.delete(hash);
    if (Date.now() - kept.seenAt > IDLE_MS) return null;
    kept.seenAt = Date.now();
    this.#kept.set(hash, kept);
    return kept.visit;
  }

  /**
   * Gives a visit a new token, which takes the place of the one before: at its beginning, and where somebody logs in,
   * lest a token that was planted before (session fixation) be logged in with them.
   *
   * @returns the value of Set-Cookie.
   */
  renew(request: IncomingMessage, visit: Visit): string {
    this.forget(request);
    const token = randomBytes(32).toString("base64url");
    this.#kept.set(digest(token), { visit, seenAt: Date.now() });
    for (const [hash, { seenAt }] of this.#kept) {
      if (this.#kept.size <= MOST_VISITS && Date.now() - seenAt <= IDLE_MS) break;
      this.#kept.delete(hash);
    }
    return `${COOKIE}=${token}; ${this.#attributes}`;
  }

  /** @returns the value of Set-Cookie. */
  forget(request: IncomingMessage): string {
    const hash = hashOf(request);
    if (hash !== null) this.#kept.delete(hash);
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
