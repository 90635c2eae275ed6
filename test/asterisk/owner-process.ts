import { prepareAsterisk } from "./running-asterisk.js";

// Starts an Asterisk, says so, and waits to be killed.
const [, , dataDir = ""] = process.argv;
const { asterisk } = await prepareAsterisk({ dataDir });
await asterisk.start();
process.stdout.write(JSON.stringify({ pid: asterisk.pid, sipPort: asterisk.sipPort }));
setInterval(() => undefined, 60_000);
