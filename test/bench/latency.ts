import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { HonninCommand } from "../cli/honnin-command.js";
import { tempDir } from "../support/temp-dir.js";
import type { Bench } from "./bench.js";
import { freshNumbers } from "./calls/cpu-per-call.js";
import { atRate } from "./calls/contender.js";
import { KEYS } from "./calls/conversation.js";
import { honninContender, type HonninContender } from "./calls/contenders/honnin.js";
import { now, TimedTrunk } from "./calls/timed-trunk.js";
import { tenth } from "./figures.js";
import { percentile } from "./percentiles.js";

const RATE = 50;
const LOOP_DELAY = fileURLToPath(new URL("calls/loop-delay.cjs", import.meta.url));

/** Epoch milliseconds of one verification, seen from outside the service. */
interface Times {
  posted: number;
  registered: number;
  /** Its `verification.verified` came by the WebSocket, which happens after the commit. */
  told: number;
  /** The same by webhook, and what the event says of when it happened. */
  hooked: number;
  happened: number;
}

export const latency: Bench = {
  name: "latency",
  title: "Latencies of a whole verification",
  run: async ({ calls = 1_500, progress }) => {
    const trunk = await TimedTrunk.start();
    const times = new Map<string, Times>();
    const hook = await startHook(times);
    const dir = await tempDir();
    const delayFile = path.join(dir.path, "loop-delay.json");
    const honnin = await honninContender(trunk.port, {
      HONNIN_WEBHOOK_ALLOW_PRIVATE: "true",
      NODE_OPTIONS: `--require ${LOOP_DELAY}`,
      BENCH_LOOP_DELAY: delayFile,
    });
    try {
      await subscribe(honnin, hook.url, times);
      await verifyAll(honnin, times, 300);
      process.kill(honnin.controllerPid ?? -1, "SIGUSR2");
      times.clear();
      const people = await verifyAll(honnin, times, calls);
      const troubles = await honnin.check();
      progress(`  ${people.length} calls${troubles.length > 0 ? `; ${troubles.join(", ")}` : ""}`);
      await honnin.stop();
      const loop = JSON.parse(await readFile(delayFile, "utf8")) as Record<string, number>;
      const row = (what: string, values: readonly number[], target: string): (string | number)[] => [
        what,
        values.filter((value) => !Number.isNaN(value)).length,
        ...[50, 90, 99, 100].map((rank) => tenth(percentile(values.filter(Number.isFinite), rank))),
        target,
      ];
      const each = people.map((number) => ({
        ...known(times, number),
        ...trunk.calls.get(`0${number.slice(3)}`),
      }));
      const between = (from: (t: (typeof each)[number]) => number | undefined, to: typeof from): number[] =>
        each.map((t) => (to(t) ?? NaN) - (from(t) ?? NaN));
      return {
        notes: [
          `${calls} outbound verifications at ${RATE} a second, each answered at once, keyed and hung up; registered over TLS, durable, with a webhook and a WebSocket that read every event. Times are taken outside the service, where the packets are. ${troubles.length === 0 ? "All ended verified." : `Not verified: ${troubles.join(", ")}.`}`,
          "The time to the commit is up to the `verification.verified` event on the WebSocket, which is sent after it; the true figure is smaller.",
        ],
        tables: [
          {
            title: "Milliseconds",
            columns: ["from, to", "n", "p50", "p90", "p99", "max", "wanted at p99"],
            rows: [
              row(
                "POST to 201",
                between(
                  (t) => t.posted,
                  (t) => t.registered,
                ),
                "30",
              ),
              row(
                "POST to INVITE on the wire",
                between(
                  (t) => t.posted,
                  (t) => t.invitedAt,
                ),
                "60",
              ),
              row(
                "last key to committed result",
                between(
                  (t) => t.lastKeyAt,
                  (t) => t.told,
                ),
                "30",
              ),
              row(
                "last key to first packet of the verdict",
                between(
                  (t) => t.lastKeyAt,
                  (t) => t.verdictAt,
                ),
                "",
              ),
              row(
                "event to webhook",
                between(
                  (t) => t.happened,
                  (t) => t.hooked,
                ),
                "",
              ),
              [
                "delay of the event loop",
                loop["count"] ?? 0,
                ...["p50", "p90", "p99", "p100"].map((rank) => tenth(loop[rank] ?? NaN)),
                "15",
              ],
            ],
          },
        ],
      };
    } finally {
      await honnin.stop();
      await trunk.stop();
      hook.close();
      await dir.remove();
    }
  },
};

/** Registers people at the bench's rate and waits until each was told of. Returns their numbers in E.164. */
async function verifyAll(
  { api }: HonninContender,
  times: Map<string, Times>,
  count: number,
): Promise<string[]> {
  const people = freshNumbers(count);
  await atRate(people, RATE, async (number) => {
    const time = known(times, e164(number));
    time.posted = now();
    await api.register({ phone_number: number, code: KEYS });
    time.registered = now();
  });
  const deadline = now() + 30_000;
  const done = (): boolean => people.every((number) => !Number.isNaN(known(times, e164(number)).hooked));
  while (!done() && now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
  return people.map(e164);
}

async function subscribe(
  { api, dataDir }: HonninContender,
  url: string,
  times: Map<string, Times>,
): Promise<void> {
  const events = await api.events();
  events.on("message", (text: Buffer) => {
    const { type, data } = JSON.parse(text.toString("utf8")) as Told;
    if (type === "verification.verified") known(times, data.phone_number).told = now();
  });
  const set = ["webhooks", "set", "--client", "bench", "--url", url];
  const { code, stderr } = await HonninCommand.run(dataDir, set, { HONNIN_WEBHOOK_ALLOW_PRIVATE: "true" });
  if (code !== 0) throw new Error(`the webhook could not be set: ${stderr}`);
}

interface Told {
  readonly type: string;
  readonly timestamp: string;
  readonly data: { readonly phone_number: string };
}

async function startHook(times: Map<string, Times>): Promise<{ url: string; close: () => void }> {
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      response.writeHead(204).end();
      const { type, timestamp, data } = JSON.parse(body) as Told;
      if (type !== "verification.verified") return;
      const time = known(times, data.phone_number);
      time.hooked = now();
      time.happened = Date.parse(timestamp);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function known(times: Map<string, Times>, number: string): Times {
  let time = times.get(number);
  if (time === undefined) {
    time = { posted: NaN, registered: NaN, told: NaN, hooked: NaN, happened: NaN };
    times.set(number, time);
  }
  return time;
}

function e164(number: string): string {
  return `+81${number.slice(1)}`;
}
