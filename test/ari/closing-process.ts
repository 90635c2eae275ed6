import { CONNECTORS } from "./connectors.js";
import { rejectionOf } from "./rejection-of.js";

// Opens a link, closes it while somebody waits, says how that ended, and must then end by itself: nothing
// here calls exit. The second argument is how long to wait for the link, in milliseconds; the last is how.
const [, , url = "", waitMs = "", username = "", password = "", name = ""] = process.argv;
const connector = CONNECTORS.find((candidate) => candidate.name === name);
if (connector === undefined) throw new Error(`no connector is called ${name}`);
const ari = connector.open({
  url,
  username,
  password,
  application: "honnin-closing",
  reconnectBaseMs: 60_000,
  reconnectCapMs: 60_000,
});
await rejectionOf(ari.ready(Number(waitMs)));
const waiting = [ari.listChannels()];
if (!ari.up) waiting.push(ari.ready(60_000).then(() => []));
const outcomes = Promise.all(waiting.map(rejectionOf));
await ari.close();
const words = (await outcomes).map((error) => (error as { code?: string } | undefined)?.code ?? "answered");
process.stdout.write(words.join(" "));
