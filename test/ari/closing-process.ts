import { WebSocketAriConnection } from "../../src/ari/websocket-connection.js";
import { rejectionOf } from "./rejection-of.js";

// Opens a link in the state that it is told, closes it, and must then end by itself: nothing here calls exit.
const [, , state = "", url = "", username = "", password = ""] = process.argv;
const ari = new WebSocketAriConnection({
  url,
  username,
  password,
  application: "honnin-closing",
  reconnectBaseMs: 60_000,
  reconnectCapMs: 60_000,
});
switch (state) {
  case "up":
    await ari.ready(10_000);
    break;
  case "connecting":
    break;
  case "waiting to try again":
    await new Promise<void>((resolve) => {
      // The refusal is on its way; the pause of half a minute has begun a turn after it.
      const socketGone = setInterval(() => {
        if (process.getActiveResourcesInfo().includes("TCPSocketWrap")) return;
        clearInterval(socketGone);
        resolve();
      }, 10);
    });
    break;
  default:
    throw new Error(`no such state: ${state}`);
}
const settled = [rejectionOf(ari.listChannels()), rejectionOf(ari.ready(60_000))];
const request = state === "up" ? settled : [...settled, rejectionOf(ari.ready(60_000))];
await ari.close();
const outcomes = await Promise.all(request);
process.stdout.write(outcomes.map((error) => (error as { code?: string } | undefined)?.code ?? "ok").join(" "));
