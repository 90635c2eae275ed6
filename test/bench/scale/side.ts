import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { HonninCommand } from "../../cli/honnin-command.js";
import { poll } from "../../phones/waiting.js";
import { atRate } from "../calls/contender.js";
import type { HonninContender } from "../calls/contenders/honnin.js";
import { KEYS } from "../calls/conversation.js";
import { freshNumbers } from "../calls/cpu-per-call.js";
import { now, type TimedTrunk } from "../calls/timed-trunk.js";
import { inTurns } from "../workers.js";
import { type Parts, usageOf, usedBetween } from "./part-usage.js";
import { quiet } from "./quiet.js";
import { askResults, CONNECTIONS, inbound, registerFast, type Requests } from "./requests.js";

/** Calls a second: far from what fills the machine, for it is the way that is measured. */
export const SIDE_RATE = 20;
const LONGEST_MS = 60_000;
const WEBHOOKS_HERE = { HONNIN_WEBHOOK_ALLOW_PRIVATE: "true" };

/** Epoch milliseconds of one verification, seen from outside the service. */
interface Times {
  readonly postedAt: number;
  registeredAt?: number;
  /** Its `verification.verified` came by the WebSocket, which happens after the commit. */
  toldAt?: number;
  /** Its `call.ended` came. */
  endedAt?: number;
}

interface Event {
  readonly type: string;
  /** Of the verification, or of a call for it. */
  readonly data: { readonly id?: string; readonly verification_id?: string };
}

/** One service on one database, and what was measured of it so far. */
export class Side {
  readonly name: string;
  readonly results: Requests[] = [];
  readonly registrations: Requests[] = [];
  /** Events a second. */
  readonly webhooks: number[] = [];
  /** CPU milliseconds of a registration and the webhook that tells of it, by part. */
  readonly webhookCosts: ReadonlyMap<string, number>[] = [];
  /** CPU milliseconds a call by part, of each round. */
  readonly callCosts: ReadonlyMap<string, number>[] = [];
  /** Milliseconds, of each round. */
  readonly latencies: { registered: number[]; invited: number[]; committed: number[] }[] = [];
  readonly troubles: string[] = [];
  readonly #honnin: HonninContender;
  readonly #parts: Parts;
  readonly #trunk: TimedTrunk;
  readonly #databaseUrl: string | undefined;
  /** By the ids of verifications. */
  readonly #times = new Map<string, Times>();

  private constructor(name: string, honnin: HonninContender, trunk: TimedTrunk, parts: Parts, url?: string) {
    this.name = name;
    this.#honnin = honnin;
    this.#trunk = trunk;
    this.#parts = parts;
    this.#databaseUrl = url;
  }

  /** @param database the process of its server, and its URL; undefined: it has none. */
  static async on(
    name: string,
    honnin: HonninContender,
    trunk: TimedTrunk,
    database?: { readonly pid: number; readonly url: string },
  ): Promise<Side> {
    const parts = {
      Honnin: [honnin.controllerPid ?? -1],
      Asterisk: [honnin.asteriskPid],
      database: database === undefined ? [] : [database.pid],
    };
    const side = new Side(name, honnin, trunk, parts, database?.url);
    const events = await honnin.api.events();
    events.on("message", (text: Buffer) => {
      const { type, data } = JSON.parse(text.toString()) as Event;
      const time = side.#times.get(data.verification_id ?? data.id ?? "");
      if (time === undefined) return;
      if (type === "verification.verified") time.toldAt = now();
      if (type === "call.ended") time.endedAt = now();
    });
    return side;
  }

  /** The first run makes the machine code. */
  async warmUp(calls: number): Promise<void> {
    await askResults(this.#honnin, this.#parts, 2);
    await registerFast(this.#honnin, this.#parts, 2);
    await this.#call(calls);
  }

  async round(seconds: number, calls: number): Promise<void> {
    await quiet();
    this.results.push(await askResults(this.#honnin, this.#parts, seconds));
    this.registrations.push(await registerFast(this.#honnin, this.#parts, seconds));
    await quiet();
    const before = usageOf(this.#parts);
    const times = await this.#call(calls);
    const { parts } = usedBetween(before, usageOf(this.#parts), this.#parts);
    this.callCosts.push(new Map([...parts].map(([part, ms]) => [part, ms / calls])));
    const latencies: Side["latencies"][number] = { registered: [], invited: [], committed: [] };
    for (const [number, { postedAt, registeredAt = NaN, toldAt = NaN }] of times) {
      const { invitedAt = NaN, lastKeyAt = NaN } = this.#trunk.calls.get(number) ?? {};
      latencies.registered.push(registeredAt - postedAt);
      latencies.invited.push(invitedAt - postedAt);
      latencies.committed.push(toldAt - lastKeyAt);
    }
    this.latencies.push(latencies);
  }

  /** Events of registrations made as fast as they can be, told to one receiver that answers at once. */
  async tellByWebhook(count: number): Promise<void> {
    await quiet();
    const arrivals: number[] = [];
    const hook = createServer((request, response) => {
      arrivals.push(now());
      request.resume();
      response.writeHead(204).end();
    });
    const url = await listening(hook);
    await this.#command("webhooks", "set", "--client", "bench", "--url", url);
    const before = usageOf(this.#parts);
    try {
      await inTurns(count, CONNECTIONS, async () => {
        await this.#honnin.api.register(inbound());
      });
      await poll(() => Promise.resolve(arrivals.length >= count), LONGEST_MS, "the webhooks to come");
      const { parts } = usedBetween(before, usageOf(this.#parts), this.#parts);
      this.webhookCosts.push(new Map([...parts].map(([part, ms]) => [part, ms / count])));
      const [first = NaN] = arrivals;
      this.webhooks.push(((count - 1) / ((arrivals.at(-1) ?? NaN) - first)) * 1000);
    } finally {
      await this.#command("webhooks", "disable", "--client", "bench");
      hook.closeAllConnections();
      hook.close();
    }
  }

  stop(): Promise<void> {
    return this.#honnin.stop();
  }

  async #call(count: number): Promise<ReadonlyMap<string, Times>> {
    const numbers = freshNumbers(count);
    const times = new Map<string, Times>();
    await atRate(numbers, SIDE_RATE, async (number) => {
      const id = randomUUID();
      const time: Times = { postedAt: now() };
      times.set(number, time);
      this.#times.set(id, time);
      await this.#honnin.api.register({ id, phone_number: number, code: KEYS });
      time.registeredAt = now();
    });
    const areOver = (): boolean => [...times.values()].every(({ endedAt }) => endedAt !== undefined);
    // What has not ended by then is counted with what did not go well.
    await poll(() => Promise.resolve(areOver()), LONGEST_MS, "the calls to end").catch(() => undefined);
    const otherwise = [...times.values()].filter(({ toldAt }) => toldAt === undefined).length;
    if (otherwise > 0) this.troubles.push(`${String(otherwise)} calls`);
    this.#times.clear();
    return times;
  }

  async #command(...args: readonly string[]): Promise<void> {
    const database = this.#databaseUrl === undefined ? {} : { HONNIN_DATABASE_URL: this.#databaseUrl };
    const settings = { ...WEBHOOKS_HERE, ...database };
    const { code, stderr } = await HonninCommand.run(this.#honnin.dataDir, args, settings);
    if (code !== 0) throw new Error(`honnin ${args.join(" ")}: ${stderr}`);
  }
}

async function listening(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
}
