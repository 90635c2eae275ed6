import { Store } from "../../src/store/store.js";
import { LIMITS } from "../support/api-fixture.js";
import { startMessages } from "../support/messages-under-test.js";

// Run by a test, as a process of its own that is killed: the gateway was given the message and has not answered.
const [, , dir, url] = process.argv;
if (dir === undefined) throw new Error("which folder?");
const store = await Store.open(dir, url);
await startMessages(store, Date.now, LIMITS, () => {
  process.stdout.write("handed over\n");
  return new Promise(() => undefined);
});
setInterval(() => undefined, 60_000);
