import { WebhookDeliverer } from "../../src/events/webhook-deliverer.js";
import type { WebhookParts } from "../../src/events/webhook-lane.js";
import { printSecret } from "../../src/events/webhook-signature.js";
import { loadTlsPair, type TlsPair } from "../../src/http/tls.js";
import { insertClient } from "../../src/store/clients.js";
import { appendEvent } from "../../src/store/events.js";
import type { Store } from "../../src/store/store.js";
import { setWebhook } from "../../src/store/webhooks.js";
import { poll } from "../phones/waiting.js";
import { capturedLog } from "../support/quiet-log.js";
import { verificationData } from "../support/event-data.js";
import { tempDir } from "../support/temp-dir.js";
import { openStore } from "../support/test-database.js";

export interface Delivery {
  readonly attempts: number;
  readonly next_attempt_at: number;
  readonly delivered_at: number | null;
  readonly last_status: number | null;
  readonly last_error: string | null;
  readonly dead: number;
}

/** A store with its deliverer, and a clock that stands until the test moves it. */
export class WebhookFixture {
  now = 1_800_000_000_000;
  readonly tls: TlsPair;
  readonly #dir: Awaited<ReturnType<typeof tempDir>>;
  #store: Store;
  #deliverer: WebhookDeliverer | undefined;

  private constructor(dir: Awaited<ReturnType<typeof tempDir>>, store: Store, tls: TlsPair) {
    this.#dir = dir;
    this.#store = store;
    this.tls = tls;
  }

  static async start(): Promise<WebhookFixture> {
    const dir = await tempDir();
    const tls = await loadTlsPair(dir.path, undefined, undefined, Date.now());
    return new WebhookFixture(dir, await openStore(dir.path), tls);
  }

  get store(): Store {
    return this.#store;
  }

  get dataDir(): string {
    return this.#dir.path;
  }

  /** @returns the secret as the client is given it. */
  async client(name: string, url: string): Promise<string> {
    const secret = await this.store.write(async (db) => {
      await insertClient(db, { id: `cli_${name}`, name, created_at: this.now });
      return setWebhook(db, this.store.vault, `cli_${name}`, url);
    });
    return printSecret(secret ?? Buffer.alloc(0));
  }

  /** Something happens to a verification with that metadata. */
  async event(
    client: string,
    metadata: Readonly<Record<string, string>> = {},
    verification: number | null = null,
  ): Promise<void> {
    await this.store.write((db) =>
      appendEvent(db, this.store.vault, {
        clientId: `cli_${client}`,
        type: "verification.created",
        verificationSeq: verification,
        data: verificationData(metadata),
        now: this.now,
      }),
    );
  }

  deliver(options: Partial<WebhookParts> = {}): void {
    this.#deliverer = new WebhookDeliverer({
      store: this.store,
      clock: () => this.now,
      log: capturedLog().log,
      allowPrivate: true,
      ca: this.tls.cert,
      random: () => 0,
      ...options,
    });
    this.#deliverer.start();
  }

  /** Moves the clock, and lets the deliverer see it. */
  pass(ms: number): void {
    this.now += ms;
    this.#deliverer?.wake();
  }

  /** The deliveries in the order of their events, as soon as they are as the test wants them. */
  async deliveries(wanted: (all: readonly Delivery[]) => boolean): Promise<readonly Delivery[]> {
    let all: readonly Delivery[] = [];
    await poll(
      async () => {
        all = await this.store.read
          .selectFrom("webhook_deliveries")
          .selectAll()
          .orderBy("event_seq")
          .execute();
        return wanted(all);
      },
      60_000,
      "deliveries",
    );
    return all;
  }

  /** The first delivery once it has had so many attempts. */
  async attempted(times: number): Promise<Delivery> {
    const [first] = await this.deliveries(
      ([delivery]) => delivery !== undefined && delivery.attempts >= times,
    );
    if (first === undefined) throw new Error("there is no delivery");
    return first;
  }

  /** The service ends and starts again. */
  async restart(options: Partial<WebhookParts> = {}): Promise<void> {
    await this.#deliverer?.stop();
    await this.#store.close();
    this.#store = await openStore(this.#dir.path);
    this.deliver(options);
  }

  async stop(): Promise<void> {
    await this.#deliverer?.stop();
    await this.#store.close();
    await this.#dir.remove();
  }
}
