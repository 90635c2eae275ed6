import { startBenchAsterisk } from "./bench-asterisk.js";
import { controllerContender, dialplanContender } from "./contenders/plain.js";
import { honninContender } from "./contenders/honnin.js";
import { measureCallsIn } from "./cpu-per-call.js";
import { freeUdpPort } from "../../phones/ports.js";
const which = (process.argv[2] ?? "dialplan,rest-websocket,honnin").split(",");
const rate = Number(process.argv[3] ?? 20),
  n = Number(process.argv[4] ?? 300);
const port = await freeUdpPort();
for (const name of which) {
  if (name === "honnin") {
    const h = await honninContender(
      port,
      process.env["PROF"] ? { NODE_OPTIONS: "--require /tmp/prof.cjs", PROF_DIR: process.env["PROF"] } : {},
    );
    await measureCallsIn(h, rate, 60);
    for (let i = 0; i < Number(process.env["BLOCKS"] ?? 1); i++)
      console.log(JSON.stringify(await measureCallsIn(h, rate, n)));
    await h.stop();
  } else {
    const asterisk = await startBenchAsterisk(port);
    const c =
      name === "dialplan"
        ? dialplanContender(asterisk)
        : await controllerContender(name as "rest-websocket", asterisk);
    await measureCallsIn(c, rate, 60);
    for (let i = 0; i < Number(process.env["BLOCKS"] ?? 1); i++)
      console.log(JSON.stringify(await measureCallsIn(c, rate, n)));
    await c.stop();
    await asterisk.stop();
  }
}
process.exit(0);
