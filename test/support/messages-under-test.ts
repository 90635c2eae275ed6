import type { DialLimits } from "../../src/clients/call-limits.js";
import { closeOrphans } from "../../src/acts/close-orphans.js";
import { Messages } from "../../src/messages/messages.js";
import { Reports } from "../../src/messages/reports.js";
import { UnderWay } from "../../src/messages/under-way.js";
import type { Store } from "../../src/store/store.js";
import { OwedWrites } from "../../src/telephony/owed-writes.js";
import { FakeSmsSender } from "./fake-sms-sender.js";
import { capturedLog } from "./quiet-log.js";

export interface MessagesUnderTest {
  readonly sender: FakeSmsSender;
  /** Has the database refuse writes for as long as this gives an error. */
  refuse(why: () => Error | null): void;
  /** Sends nothing from now on. */
  halt(): void;
  stop(): Promise<void>;
}

/**
 * What sends the messages of a store, by a gateway that the test leads.
 *
 * @param answer what comes of the messages from the first on.
 */
export async function startMessages(
  store: Store,
  clock: () => number,
  limits: DialLimits,
  answer?: Parameters<FakeSmsSender["answer"]>[0],
): Promise<MessagesUnderTest> {
  const { log } = capturedLog();
  const owed = new OwedWrites(log);
  const underWay = new UnderWay();
  let refusal: () => Error | null = () => null;
  const refusing = new Proxy(store, {
    get(target, name) {
      if (name === "write") {
        const write: Store["write"] = (act, urgency) => {
          const error = refusal();
          return error === null ? target.write(act, urgency) : Promise.reject(error);
        };
        return write;
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
  const parts = { store: refusing, clock, log, owed, underWay, mayAct: () => true };
  const reports = new Reports(parts);
  const sender = new FakeSmsSender((report) => reports.take(report));
  if (answer !== undefined) sender.answer(answer);
  const messages = new Messages({ ...parts, limits }, sender);
  await closeOrphans(refusing, 0, clock());
  await messages.start();
  return {
    sender,
    refuse(why) {
      refusal = why;
    },
    halt() {
      void messages.stop();
    },
    async stop() {
      await messages.stop();
      await owed.stop();
    },
  };
}
