import type { Request, Response } from "express";
import type { Clock } from "../clock.js";
import type { Idempotency } from "../store/idempotency-keys.js";
import type { Store } from "../store/store.js";
import { clientOf } from "./authenticate.js";
import { idempotencyOf, Running } from "./idempotency-key.js";
import { tooManyNow, tooManyToday } from "./limit-refusals.js";
import { Problem, ToldProblem } from "./problem.js";
import type { RegistrationRate } from "./registration-rate.js";

/** What the routes have that create something for good. */
export interface CreationParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly rate: RegistrationRate;
  /** False while the disk is nearly full: what is in progress needs the rest. */
  readonly diskHasRoom: () => boolean;
}

/** How it can end whatever is created; `replayed` and `repeated` are the first answer once more. */
export type Refused =
  | { readonly kind: "conflict" | "key_reused" }
  | { readonly kind: "too_many_today" | "too_many_now"; readonly max: number; readonly retryAt: number };

interface Creating<Outcome> {
  /** The body as it was understood. */
  readonly sent: unknown;
  /** Registrations a minute that the client may make. */
  readonly perMinute: number;
  /** Whether the client has something of the id already that it asks for. */
  readonly exists: () => Promise<boolean>;
  readonly create: (idempotency: Idempotency | null) => Promise<Outcome>;
}

/** Creates once per Idempotency-Key, and counts it. */
export class Creation {
  readonly #parts: CreationParts;
  readonly #running = new Running();

  constructor(parts: CreationParts) {
    this.#parts = parts;
  }

  /** @throws {Problem} `too_many_registrations`, `request_in_progress` */
  async run<Outcome extends { readonly kind: string }>(
    request: Request,
    response: Response,
    { sent, perMinute, exists, create }: Creating<Outcome>,
  ): Promise<Outcome> {
    const { store, clock, rate } = this.#parts;
    const clientId = clientOf(request, response);
    const idempotency = idempotencyOf(request, store, sent);
    const asked = { clientId, idempotency, exists };
    return rate.count(store, asked, perMinute, response, clock(), () =>
      this.#running.once(`${clientId} ${idempotency?.key ?? ""}`, idempotency !== null, () =>
        create(idempotency),
      ),
    );
  }

  /** @throws {Problem} `service_unavailable` */
  refuseWithoutRoom(): void {
    if (!this.#parts.diskHasRoom()) throw new ToldProblem("service_unavailable", "the disk is nearly full");
  }

  problemOf(refused: Refused, response: Response): Problem {
    switch (refused.kind) {
      case "conflict":
        return new Problem("id_conflict", "this id was used with other content", [
          { field: "id", detail: "used before with other content" },
        ]);
      case "key_reused":
        return new Problem("idempotency_key_reused", "this Idempotency-Key was sent with another request");
      case "too_many_today":
        return tooManyToday(response, refused.max, refused.retryAt, this.#parts.clock());
      case "too_many_now":
        return tooManyNow(response, refused.max, refused.retryAt, this.#parts.clock());
    }
  }
}
