import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "../../clock.js";
import type { CheckedFile } from "../contract/client-enrollments.js";
import { Refusal } from "../refusal.js";

/** At one time; each holds some 30 MB meanwhile. */
const MOST = 2;
/** A request is answered within that, also where a file takes longer: connections that do nothing for 60 s are closed. */
const ANSWER_MS = 15_000;
/** How long an answer waits for whoever asks for it. */
const KEPT_MS = 10 * 60_000;

/** A file that is being looked at, or was a short while ago. */
export interface FileCheck {
  readonly id: string;
  readonly clientId: string;
  lines: number;
  /** When it was over; null: it is not. */
  endedAt: number | null;
  outcome: Promise<CheckedFile>;
}

type Look = (bytes: Buffer, onLine: (lines: number) => void) => Promise<CheckedFile>;

/** Files that are looked at: a page asks again and again until one is done, and learns how far it is. */
export class FileChecks {
  readonly #clock: Clock;
  readonly #answerMs: number;
  readonly #checks = new Map<string, FileCheck>();
  #arriving = 0;

  constructor(clock: Clock, answerMs = ANSWER_MS) {
    this.#clock = clock;
    this.#answerMs = answerMs;
  }

  /**
   * @param read resolves when the file has come.
   * @param look looks at it, and says how many lines it has come to.
   * @throws {Refusal} `busy`, and whatever `read` throws.
   */
  async begin(clientId: string, read: () => Promise<Buffer>, look: Look): Promise<FileCheck> {
    this.#forget();
    const running = [...this.#checks.values()].filter(({ endedAt }) => endedAt === null);
    if (this.#arriving + running.length >= MOST) throw new Refusal("busy", "other files are being looked at");
    this.#arriving += 1;
    const bytes = await read().finally(() => {
      this.#arriving -= 1;
    });
    const check: FileCheck = {
      ...{ id: randomUUID(), clientId, lines: 0, endedAt: null },
      outcome: look(bytes, (lines) => {
        check.lines = lines;
      }).finally(() => {
        check.endedAt = this.#clock();
      }),
    };
    // Whoever asks is told; nobody may ask any more.
    check.outcome.catch(() => undefined);
    this.#checks.set(check.id, check);
    return check;
  }

  /** @throws {Refusal} `not_found` */
  find(clientId: string, id: string): FileCheck {
    const check = this.#checks.get(id);
    if (check?.clientId !== clientId) throw new Refusal("not_found", "no such file is being looked at");
    return check;
  }

  /** What was found, or after a while how far it is. @throws whatever the look threw. */
  async answer(check: FileCheck): Promise<CheckedFile> {
    const enough = new AbortController();
    const { signal } = enough;
    try {
      const later = delay(this.#answerMs, null, { signal }).catch(() => null);
      const found = await Promise.race([check.outcome, later]);
      if (found !== null) {
        this.#checks.delete(check.id);
        return found;
      }
    } catch (error) {
      this.#checks.delete(check.id);
      throw error;
    } finally {
      enough.abort();
    }
    const { id, lines } = check;
    return { import: null, problems: [], problem_count: 0, checking: { id, lines } };
  }

  #forget(): void {
    const now = this.#clock();
    for (const [id, { endedAt }] of this.#checks) {
      if (endedAt !== null && endedAt + KEPT_MS <= now) this.#checks.delete(id);
    }
  }
}
