import { setTimeout as delay } from "node:timers/promises";
import { closeOrphans } from "../../src/acts/close-orphans.js";
import { Messages } from "../../src/messages/messages.js";
import { Reports } from "../../src/messages/reports.js";
import { UnderWay } from "../../src/messages/under-way.js";
import { readGateways } from "../../src/sms/read-gateways.js";
import { openGateways } from "../../src/sms/sending/open-gateways.js";
import { Store } from "../../src/store/store.js";
import { OwedWrites } from "../../src/telephony/owed-writes.js";
import { LIMITS } from "../support/api-fixture.js";
import { capturedLog } from "../support/quiet-log.js";

// Run by a test, as a process of its own that is killed: sends what is due, until all of it has been reported.
const [, , dir = "", port = "", url] = process.argv;
const store = await Store.open(dir, url);
const { log } = capturedLog();
const owed = new OwedWrites(log);
const underWay = new UnderWay();
const parts = { store, clock: Date.now, log, owed, underWay, limits: LIMITS, mayAct: () => true };
const reports = new Reports(parts);
const { gateways } = readGateways(
  [
    {
      ...{ name: "main", url: `smpp://127.0.0.1:${port}`, username: "honnin", password: "secret" },
      ...{ max_per_second: "100", window: "20" },
    },
  ],
  "sms",
  ".",
);
const { sender } = openGateways({
  ...{ gateways, log, clock: Date.now },
  onReport: (report) => reports.take(report),
  reportToken: () => "token",
});
await closeOrphans(store, 0, Date.now());
const messages = new Messages(parts, sender);
await messages.start();

/** Messages that have no end yet, and those that are not begun. */
async function left(): Promise<number> {
  const [open, due] = await Promise.all([
    store.read
      .selectFrom("attempts")
      .select(({ fn }) => fn.countAll<number>().as("n"))
      .where((eb) => eb.or([eb("outcome", "is", null), eb("outcome", "=", "sent")]))
      .executeTakeFirstOrThrow(),
    store.read
      .selectFrom("verifications")
      .select(({ fn }) => fn.countAll<number>().as("n"))
      .where("next_attempt_at", "is not", null)
      .executeTakeFirstOrThrow(),
  ]);
  return open.n + due.n;
}
while ((await left()) > 0) await delay(100);
await messages.stop();
await sender.close();
await owed.stop();
await store.close();
