import { cp, mkdir } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { loadConfig } from "../../src/config.js";
import { type Service, startService } from "../../src/main.js";
import { freeUdpPort } from "../phones/ports.js";
import { sippProgram } from "../phones/programs.js";
import { SippPhone } from "../phones/sipp.js";
import { header, isInDialog, methodOf, statusOf } from "../phones/sip-message.js";
import { poll } from "../phones/waiting.js";
import { PostgresServer } from "../support/postgres.js";
import { capturedLog } from "../support/quiet-log.js";
import { tempDir } from "../support/temp-dir.js";
import { CallService } from "./call-service.js";
import { TEST_SETTINGS } from "./test-settings.js";

const CALLS = 40;
const MOST_AT_ONCE = 12;
const MOST_A_SECOND = 5;

/** A call by the clock of the carrier's SIPp, milliseconds. */
interface CarriedCall {
  readonly from: number;
  to: number;
}

/** The calls that SIPp has had, from their first INVITE to the last message that it sent. */
function carried({ messages }: SippPhone): CarriedCall[] {
  const calls = new Map<string, CarriedCall>();
  for (const message of messages) {
    const id = header(message, "Call-ID") ?? "";
    const call = calls.get(id);
    const isFirst =
      message.direction === "received" && methodOf(message) === "INVITE" && !isInDialog(message);
    if (call === undefined && isFirst) calls.set(id, { from: message.at, to: Infinity });
    // The refusal that ends it.
    if (call !== undefined && message.direction === "sent" && (statusOf(message) ?? 0) >= 300) {
      call.to = Math.min(call.to, message.at);
    }
  }
  return [...calls.values()].sort((a, b) => a.from - b.from);
}

function mostInASecond(calls: readonly CarriedCall[]): number {
  return Math.max(
    ...calls.map(
      ({ from }) => calls.filter((other) => other.from >= from && other.from <= from + 1000).length,
    ),
  );
}

function mostAtOnce(calls: readonly CarriedCall[]): number {
  return Math.max(
    ...calls.map(({ from }) => calls.filter((other) => other.from <= from && other.to > from).length),
  );
}

async function haveEnded(carrier: SippPhone, logged: () => string): Promise<void> {
  const ended = async (): Promise<boolean> => {
    await carrier.catchUp();
    return carried(carrier).filter(({ to }) => to < Infinity).length === CALLS;
  };
  await poll(ended, 200_000, `the end of ${String(CALLS)} calls`).catch((error: unknown) => {
    throw new Error(logged().slice(-4_000), { cause: error });
  });
}

describe("a service alone, by the clock of its carrier", function () {
  this.timeout(300_000);

  it("never begins more calls in any second than the trunk takes, however many wait", async () => {
    const carrier = await SippPhone.answering("rings-until-canceled", {
      program: await sippProgram(),
      calls: CALLS + 1,
    });
    const calls = await CallService.start({
      HONNIN_TRUNK_URI: `sip:127.0.0.1:${String(carrier.port)}`,
      HONNIN_TRUNK_MAX_CALLS: "100",
      HONNIN_TRUNK_MAX_CPS: "10",
      HONNIN_RING_SECONDS: "1",
    });
    try {
      for (let nth = 0; nth < CALLS; nth += 1) await calls.register(calls.newNumber());
      await haveEnded(carrier, () => calls.logged);
      expect(mostInASecond(carried(carrier))).to.be.at.most(10);
    } finally {
      await calls.stop();
      await carrier.stop();
    }
  });
});

describe("two services on one database, behind one carrier", function () {
  this.timeout(300_000);
  let server: PostgresServer;
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let carrier: SippPhone;
  let first: CallService;
  let second: Service | undefined;
  let url: string;
  const log = capturedLog();

  before(async () => {
    server = await PostgresServer.start();
    dir = await tempDir();
    url = await server.database("empty");
    carrier = await SippPhone.answering("rings-until-canceled", {
      program: await sippProgram(),
      calls: CALLS + 1,
    });
    const env = {
      HONNIN_DATABASE_URL: url,
      HONNIN_TRUNK_URI: `sip:127.0.0.1:${String(carrier.port)}`,
      HONNIN_TRUNK_MAX_CALLS: String(MOST_AT_ONCE),
      HONNIN_TRUNK_MAX_CPS: String(MOST_A_SECOND),
      HONNIN_RING_SECONDS: "4",
      HONNIN_MAX_QUEUE_SECONDS: "200",
    };
    first = await CallService.start({ ...env, HONNIN_NODE: "first" });
    await mkdir(path.join(dir.path, "keys"));
    await cp(path.join(first.dataDir, "keys"), path.join(dir.path, "keys"), { recursive: true });
    const settings = {
      ...{ ...TEST_SETTINGS, ...env, HONNIN_NODE: "second", HONNIN_DATA_DIR: dir.path },
      ...{ HONNIN_CALLER_NUMBER: "0312345678", HONNIN_SIP_PORT: String(await freeUdpPort()) },
    };
    second = await startService(loadConfig(settings, dir.path), log.log, undefined, first.sounds);
  });

  after(async () => {
    await second?.stop(0);
    await first.stop();
    await carrier.stop();
    await server.stop();
    await dir.remove();
  });

  it("never have more calls than the trunk takes, at one time or in any second, and leave none undone", async () => {
    const ids: string[] = [];
    for (let nth = 0; nth < CALLS; nth += 1) {
      ids.push((await first.register(first.newNumber(), { expires_in: 600 })).id);
    }
    await haveEnded(carrier, () => first.logged + log.text());
    const calls = carried(carrier);
    expect(mostInASecond(calls), "in a second").to.be.at.most(MOST_A_SECOND);
    expect(mostAtOnce(calls), "at one time").to.equal(MOST_AT_ONCE);
    const nodes = await server.ask<{ node: string; calls: number }>(
      "select node, count(*)::int as calls from attempts group by node order by node",
      url,
    );
    expect(nodes.map(({ node }) => node)).to.deep.equal(["first", "second"]);
    const results = await Promise.all(ids.map((id) => first.result(id)));
    expect(new Set(results.map(({ reason }) => reason))).to.deep.equal(new Set(["no_answer"]));
  });
});
