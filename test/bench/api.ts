import { readFileSync } from "node:fs";
import path from "node:path";
import autocannon from "autocannon";
import { freeUdpPort } from "../phones/ports.js";
import type { Bench } from "./bench.js";
import { honninContender } from "./calls/contenders/honnin.js";
import { freshNumbers } from "./calls/cpu-per-call.js";
import { KEYS } from "./calls/conversation.js";

const CONNECTIONS = 20;
const SECONDS = 10;

export const api: Bench = {
  name: "api",
  title: "The API: requests a second",
  run: async ({ progress }) => {
    const honnin = await honninContender(await freeUdpPort());
    try {
      const { url, key } = honnin.api;
      const id = await honnin.api.register({ phone_number: "09012345678", direction: "inbound", code: KEYS });
      const common = {
        url,
        connections: CONNECTIONS,
        duration: SECONDS,
        tlsOptions: { ca: readFileSync(path.join(honnin.dataDir, "tls/cert.pem")) },
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      };
      const result = {
        method: "POST",
        path: "/v1/verifications/result",
        body: JSON.stringify({ id }),
      } as const;
      const registration = {
        method: "POST",
        path: "/v1/verifications",
        setupRequest: (request: autocannon.Request): autocannon.Request => {
          const [number] = freshNumbers(1);
          const body = { phone_number: number, direction: "inbound", code: KEYS };
          return { ...request, body: JSON.stringify(body) };
        },
      } as const;
      const rows: (string | number)[][] = [];
      for (const [what, request, wanted] of [
        ["result", result, "4000"],
        ["registration, durable", registration, "1000"],
      ] as const) {
        // The first run makes the machine code; the second is what lasts.
        await autocannon({ ...common, duration: 3, requests: [request] });
        const { requests, latency, errors, non2xx } = await autocannon({ ...common, requests: [request] });
        progress(`  ${what}: ${requests.average} a second`);
        const rate = Math.round(requests.average);
        rows.push([what, rate, latency.p50, latency.p99, errors + non2xx, wanted]);
      }
      return {
        notes: [
          `Over TLS, ${CONNECTIONS} connections kept alive, ${SECONDS} s each, beside an idle Asterisk; the load is made on the same machine. Registrations are inbound, so that nobody is called; each is answered when it is durable in SQLite.`,
        ],
        tables: [
          {
            title: "Requests",
            columns: ["", "a second", "p50 ms", "p99 ms", "failed", "wanted a second"],
            rows,
          },
        ],
      };
    } finally {
      await honnin.stop();
    }
  },
};
