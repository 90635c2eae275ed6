import { expect } from "chai";
import { runsBy, sessionOf } from "../../src/store/session.js";
import type { Store } from "../../src/store/store.js";
import { Receiver } from "./receiver.js";
import { WebhookFixture } from "./webhook-fixture.js";

/** A store of which one reading of what is due is told of when the test says so. */
class HeldBack {
  readonly store: Store;
  readonly #ofDue = new WeakSet<object>();
  /** Told that it was read; null: none is held. */
  #onRead: (() => void) | null = null;
  #told: Promise<void> = Promise.resolve();
  tell: () => void = () => undefined;

  constructor(store: Store) {
    const reader = store.read.withPlugin({
      transformQuery: ({ node, queryId }) => {
        const text = JSON.stringify(node);
        if (text.includes("webhook_deliveries") && text.includes("LimitNode") && text.includes("InnerJoin"))
          this.#ofDue.add(queryId);
        return node;
      },
      transformResult: async ({ result, queryId }) => {
        const onRead = this.#ofDue.has(queryId) ? this.#onRead : null;
        if (onRead === null) return result;
        this.#onRead = null;
        onRead();
        await this.#told;
        return result;
      },
    });
    runsBy(reader, sessionOf(store.read));
    this.store = new Proxy(store, {
      get: (target, name) => {
        const own: unknown = name === "read" ? reader : Reflect.get(target, name, target);
        return typeof own === "function" ? (own.bind(target) as unknown) : own;
      },
    });
  }

  /** Resolves when the next one has been read. */
  next(): Promise<void> {
    this.#told = new Promise((resolve) => (this.tell = resolve));
    return new Promise((resolve) => (this.#onRead = resolve));
  }
}

describe("a delivery that ends while it is read what is due", () => {
  let fixture: WebhookFixture;
  let receiver: Receiver;

  beforeEach(async () => {
    fixture = await WebhookFixture.start();
    receiver = await Receiver.start(fixture.tls);
  });
  afterEach(async () => {
    await receiver.stop();
    await fixture.stop();
  });

  it("is not made once more", async () => {
    await fixture.client("a", receiver.url);
    const answers: (() => void)[] = [];
    receiver.answer = (_request, response) => {
      const answer = (): void => void response.writeHead(204).end();
      if (answers.push(answer) > 1) answer();
    };
    const held = new HeldBack(fixture.store);
    const ended = new Promise<void>((resolve) => {
      fixture.deliver({
        store: held.store,
        onAttempt: () => {
          resolve();
        },
      });
    });
    await fixture.event("a");
    await receiver.has(1);
    const read = held.next();
    await fixture.event("a");
    await read;
    answers[0]?.();
    await ended;
    // Its end is noted in the turn after it was told.
    await new Promise((resolve) => setImmediate(resolve));
    held.tell();
    await fixture.deliveries((all) => all.length === 2 && all.every((one) => one.delivered_at !== null));
    await fixture.event("a");
    await fixture.deliveries((all) => all.length === 3 && all.every((one) => one.delivered_at !== null));
    const ids = receiver.received.map(({ headers }) => headers["webhook-id"]);
    expect(ids).to.have.length(3);
    expect(new Set(ids).size).to.equal(3);
  });
});
