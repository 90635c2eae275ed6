import { randomInt } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import { requestedVerification } from "../../acts/new-verification.js";
import { consoleClient, placeTestCall } from "../../acts/place-test-call.js";
import { limitsOfClient } from "../../clients/call-limits.js";
import { blocked, callableNumber } from "../../http/callable-number.js";
import { asClientRequest } from "../../http/client-request.js";
import { barred, tooManyNow, tooManyToday } from "../../http/limit-refusals.js";
import { parseBody, parseFields } from "../../http/parse-body.js";
import { wrongField } from "../../http/problem.js";
import { RegistrationRate } from "../../http/registration-rate.js";
import { registerBody } from "../../http/verification-schemas.js";
import { time } from "../../representation/time.js";
import { readClientSettings } from "../../store/stored-client-settings.js";
import { issueCode } from "../../verification/code.js";
import { SECOND_MS } from "../../verification/durations.js";
import { maskNumber } from "../../verification/phone-number.js";
import type { ConsoleParts } from "../console-parts.js";
import { placeTestCallSchema, type TestCall, type TestPhones } from "../contract/test-calls.js";
import { Refusal } from "../refusal.js";
import { type SignedInRoute, whoIs } from "../signed-in.js";

/** Calls that somebody places to see that calls work: verifications as any other, of a client of the console's own. */
export class TestCallRoutes {
  readonly #parts: ConsoleParts;
  readonly #rate = new RegistrationRate();

  constructor(parts: ConsoleParts) {
    this.#parts = parts;
  }

  /** `GET /api/test-calls`: what may be called beside one's own number. */
  readonly phones: SignedInRoute = (_request, response) => {
    const { testPhones } = this.#parts.testCalls;
    const body: TestPhones = {
      test_phones: [...testPhones].map(([number, extension]) => ({ extension, number: maskNumber(number) })),
    };
    response.json(body);
  };

  /** `POST /api/test-calls` */
  readonly place: SignedInRoute = async (request, response, session) => {
    const { store, clock, testCalls } = this.#parts;
    const wanted = parseBody(placeTestCallSchema, request);
    const trouble = testCalls.trouble();
    if (trouble !== null) throw new Refusal("service_unavailable", trouble);
    const input = wanted.phone_number ?? this.#numberOf(wanted.test_phone);
    const clientId = await consoleClient(store, clock());
    const settings = await readClientSettings(store.read, clientId);
    const sent = parseFields(registerBody, { phone_number: input, locale: wanted.locale });
    const asked = asClientRequest(sent, settings);
    const number = callableNumber(asked.phone_number, settings, testCalls);
    const code = issueCode((max) => randomInt(max));
    const { direction, channel, method, locale, metadata } = asked;
    const verification = {
      ...{ clientId, id: `ver_${uuidv7()}`, said: uuidv7(), number, did: null },
      ...{
        direction,
        channel,
        chain: null,
        method,
        locale,
        metadata,
        code,
        ownCode: false,
        keepsCode: false,
      },
      maxCodeEntries: asked.max_code_entries,
      maxCallAttempts: asked.max_call_attempts,
      lifeMs: asked.expires_in * SECOND_MS,
    };
    const row = requestedVerification(store.vault, verification, clock());
    const calls = limitsOfClient(testCalls.limits.calls, settings);
    const limits = { ...testCalls.limits, calls };
    const once = { clientId, idempotency: null, exists: () => Promise.resolve(false) };
    const registration = await this.#rate.count(
      store,
      once,
      calls.registrationsPerMinute,
      response,
      clock(),
      () => placeTestCall(store, whoIs(session, request), { row, number, limits }),
    );
    switch (registration.kind) {
      case "created": {
        const body: TestCall = {
          verification_id: row.id,
          number: maskNumber(number.e164),
          code,
          expires_at: time(row.expires_at),
        };
        response.status(201).json(body);
        return;
      }
      case "barred":
        throw barred(response, registration.bar, clock());
      case "blocked":
        throw blocked(registration.block);
      case "too_many_today":
        throw tooManyToday(response, registration.max, registration.retryAt, clock());
      case "too_many_now":
        throw tooManyNow(response, registration.max, registration.retryAt, clock());
      case "repeated":
      case "replayed":
      case "conflict":
      case "key_reused":
        throw new Refusal("conflict", "the id that was drawn is taken");
    }
  };

  #numberOf(extension: string | undefined): string {
    for (const [number, known] of this.#parts.testCalls.testPhones) if (known === extension) return number;
    throw wrongField("test_phone", "there is no such test phone");
  }
}
