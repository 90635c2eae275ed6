import { once } from "node:events";
import type { CallLimits, DialLimits } from "../../src/clients/call-limits.js";
import { listEventsAfter } from "../../src/store/events.js";
import { changeClientSettings } from "../../src/store/stored-client-settings.js";
import { findVerification, type VerificationRow } from "../../src/store/verifications.js";
import { PATIENCE_MS } from "../phones/waiting.js";
import { type ApiFixture, CALL_LIMITS, LIMITS, startApi } from "../support/api-fixture.js";
import type { FakeSmsSender } from "../support/fake-sms-sender.js";
import type { Answer } from "../support/https-client.js";
import { startMessages, type MessagesUnderTest } from "../support/messages-under-test.js";

const NUMBER = "090-1234-5678";
export const SECOND = 1000;
/** A message, and a call after a minute. */
export const CHAIN = { channels: [{ channel: "sms", seconds: 60 }, "voice"] };

interface Shown {
  readonly status: string;
  readonly reason: string | null;
  readonly next: { readonly channel: string; readonly at: string } | null;
  readonly attempts: readonly Readonly<Record<string, unknown>>[];
}

/** Messages of a service's API, by a gateway that the test leads. Its clock stands still unless a test moves it. */
export class MessagesStage {
  now = 1_800_000_000_000;
  isReady = true;
  fixture!: ApiFixture;
  under!: MessagesUnderTest;

  /** Another one for each test of the suite that asks. */
  static each(): MessagesStage {
    const stage = new MessagesStage();
    beforeEach(() => stage.start());
    afterEach(() => stage.stop());
    return stage;
  }

  get sender(): FakeSmsSender {
    return this.under.sender;
  }

  async start(calls: CallLimits = CALL_LIMITS): Promise<void> {
    this.now = 1_800_000_000_000;
    this.isReady = true;
    this.fixture = await startApi(() => this.now, undefined, { calls, smsAvailable: () => this.isReady });
    await this.again({ ...LIMITS, calls });
  }

  /** What sends messages, once more after a stop. */
  async again(limits: DialLimits = LIMITS): Promise<void> {
    this.under = await startMessages(this.fixture.store, () => this.now, limits);
  }

  async stop(): Promise<void> {
    await this.under.stop();
    await this.fixture.stop();
  }

  readonly post = (body: Readonly<Record<string, unknown>>): Promise<Answer> =>
    this.fixture.api.post("/v1/verifications", { phone_number: NUMBER, ...body });
  readonly check = (id: string, code: string): Promise<Answer> =>
    this.fixture.api.post(`/v1/verifications/${id}/check`, { code });
  readonly resend = (id: string, channel: string): Promise<Answer> =>
    this.fixture.api.post(`/v1/verifications/${id}/resend`, { channel });
  readonly shown = async (id: string): Promise<Shown> =>
    (await this.fixture.api.get(`/v1/verifications/${id}`)).json as unknown as Shown;
  readonly row = async (id: string): Promise<VerificationRow> => {
    const found = await findVerification(this.fixture.store.read, "cli_acme", id);
    if (found === undefined) throw new Error(`no verification ${id}`);
    return found;
  };
  /** Waits until the database says so. */
  readonly until = async (id: string, holds: (shown: Shown) => boolean): Promise<Shown> => {
    for (;;) {
      // What becomes of a message is told of in the same commit.
      const enough = new AbortController();
      const signal = AbortSignal.any([enough.signal, AbortSignal.timeout(PATIENCE_MS)]);
      const more = once(this.fixture.store.hints, "event", { signal });
      const result = await this.shown(id);
      if (holds(result)) {
        more.catch(() => undefined);
        enough.abort();
        return result;
      }
      await more;
    }
  };
  readonly outcome = (id: string, word: string, nth = 1): Promise<Shown> =>
    this.until(id, ({ attempts }) => attempts[nth - 1]?.["outcome"] === word);
  readonly events = async (): Promise<string[]> =>
    (await listEventsAfter(this.fixture.store.read, this.fixture.store.vault, "cli_acme", 0, 1000)).map(
      ({ type }) => type,
    );
  readonly set = (changes: Readonly<Record<string, unknown>>): Promise<void> =>
    this.fixture.store.write((db) => changeClientSettings(db, "cli_acme", changes));
}
