// `npm run topology`: three nodes as the tests have them, to be tried by hand. Ends with Ctrl-C.
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { PEOPLE } from "./people.js";
import { Topology } from "./topology.js";

const topology = await Topology.start();
const keyFile = path.join(topology.node(0).dataDir, "api.key");
await writeFile(keyFile, `${topology.key}\n`, { mode: 0o600 });
console.log(described());
// What was started keeps the process alive until then.
await new Promise<void>((resolve) => {
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => {
      resolve();
    });
});
console.log("stopping");
await topology.stop();
process.exit();

function described(): string {
  const nodes = topology.nodes.map(
    ({ name, addresses, dataDir, service }) =>
      `${name}  API ${addresses?.api ?? ""}  health ${addresses?.health ?? ""}  pid ${String(service.pid)}  data ${dataDir}`,
  );
  const people = Object.entries(PEOPLE).map(([person, digit]) => `090${digit}… ${person}`);
  return [
    ...nodes,
    `database  ${topology.databaseUrl}`,
    `SIP       ${topology.kamailio.uri} (Kamailio), carrier at port ${String(topology.crowd.port)}`,
    `API key   ${keyFile}`,
    `numbers   ${people.join(", ")}; the code that is keyed: the last six digits`,
    `try       curl --cacert ${topology.node(0).certFile} -H "Authorization: Bearer $(cat ${keyFile})" \\`,
    `            ${topology.node(0).addresses?.api ?? ""}/v1/verifications -d phone_number=09040123456 -d code=123456`,
    "stop      Ctrl-C",
  ].join("\n");
}
