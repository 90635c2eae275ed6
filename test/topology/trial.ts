import { errorText } from "../../src/log.js";
import { Company, type Acknowledged } from "./company.js";
import { attemptsIn, type StoredAttempt } from "./evidence.js";
import { Listener } from "./listener.js";
import type { TopologyNode } from "./node.js";
import type { Person } from "./people.js";
import { slowPoll } from "./slow-poll.js";
import type { Topology } from "./topology.js";

const TRICKLE: readonly Person[] = [
  "keys",
  "busy",
  "hesitates",
  "errs",
  "busy",
  "leaves",
  "keys",
  "declines",
];
const TRICKLE_TERMS = { expires_in: 60, max_call_attempts: 2 };
/** A machine that is busy may be twice as slow as it ought to. */
const HEALED_MS = 20_000;

/** Seconds from a fault to what heals it, by the database's times; null: there was nothing of it. */
export interface Healing {
  readonly fault: string;
  /** Until a call registered at the other nodes was begun. */
  readonly placed: number | null;
  /** Until the last attempt of the node was closed. */
  readonly closed: number | null;
  /** Until the last of those that it had in hand was called again. */
  readonly redialled: number | null;
}

/** Calls that are in progress as the fault comes: whoever was called waits on the line. */
export interface InProgress {
  readonly calls: readonly Acknowledged[];
  readonly node: TopologyNode;
}

/** A topology under a steady trickle of calls, to which things happen. */
export class Trial {
  readonly topology: Topology;
  readonly company: Company;
  readonly listeners: readonly Listener[];
  readonly healings: Healing[] = [];
  /** What could not be registered at all. */
  readonly refusals: string[] = [];
  readonly #registering = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #turn = 0;

  private constructor(topology: Topology) {
    this.topology = topology;
    this.company = new Company(topology.nodes, topology.key);
    this.listeners = topology.nodes.map((_, at) => new Listener(topology.nodes, topology.key, at));
  }

  static async on(topology: Topology): Promise<Trial> {
    const trial = new Trial(topology);
    for (const listener of trial.listeners) await listener.open();
    return trial;
  }

  /** @param perSecond verifications. */
  trickle(
    perSecond: number,
    people = TRICKLE,
    terms: Readonly<Record<string, unknown>> = TRICKLE_TERMS,
  ): void {
    this.#timer = setInterval(() => {
      const person = people[this.#turn++ % people.length] ?? "busy";
      const registering = this.company
        .register(person, terms)
        .catch((error: unknown) => void this.refusals.push(errorText(error)))
        .then(() => void this.#registering.delete(registering));
      this.#registering.add(registering);
    }, 1000 / perSecond);
  }

  /** Nobody registers any more; what was asked for is answered. */
  async dry(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#registering);
  }

  close(): void {
    clearInterval(this.#timer);
    for (const listener of this.listeners) listener.close();
    this.company.close();
  }

  others(node: TopologyNode): readonly TopologyNode[] {
    return this.topology.nodes.filter((one) => one !== node);
  }

  /** Has people called by that node, who answer and wait. */
  async callsOf(node: TopologyNode, count = 3, attempts = 2): Promise<InProgress> {
    const terms = { expires_in: 60, max_call_attempts: attempts };
    const { crowd } = this.topology;
    const calls: Acknowledged[] = [];
    while (calls.length < count) {
      const call = await this.company.register("waits", terms, [node]);
      await crowd.answered(call.number);
      // Another node may have been quicker to find it.
      if (crowd.callsTo(call.number)[0]?.node === node.host) calls.push(call);
      else crowd.leave(call.number);
    }
    return { calls, node };
  }

  /**
   * Waits until what the fault has broken is whole, and notes how long that took.
   *
   * @param since when the fault came, epoch milliseconds.
   */
  async heals(fault: string, since: number, { calls, node }: InProgress): Promise<void> {
    const elsewhere = await this.company.register("busy", TRICKLE_TERMS, this.others(node));
    const ids = new Set(calls.map(({ id }) => id));
    const figures = async (): Promise<Healing> => {
      const attempts = await attemptsIn(this.topology);
      const placed = attempts.find(({ verification }) => verification === elsewhere.id)?.started;
      const its = attempts.filter(
        (one) => one.node === node.name && one.started < since && isLeft(one, since),
      );
      const again = attempts.filter(({ verification, started }) => ids.has(verification) && started > since);
      const redialled = new Set(again.map(({ verification }) => verification)).size === ids.size;
      return {
        fault,
        placed: placed === undefined ? null : placed - since,
        closed: latest(
          its.map(({ ended }) => ended ?? Infinity),
          since,
        ),
        redialled: redialled
          ? latest(
              again.map(({ started }) => started),
              since,
            )
          : null,
      };
    };
    let last: Healing = { fault, placed: null, closed: null, redialled: null };
    const isWhole = async (): Promise<boolean> => {
      last = await figures().catch(() => last);
      return last.placed !== null && last.closed !== Infinity && last.redialled !== null;
    };
    try {
      await slowPoll(isWhole, HEALED_MS * 2, `what ${fault} has broken to be whole`);
    } catch (error) {
      throw new Error(`${fault}: ${JSON.stringify(last)} ${await this.topology.storiesOf([...ids])}`, {
        cause: error,
      });
    } finally {
      this.healings.push(last);
    }
  }

  /** Of a fault that leaves every call in progress as it is. @param placed milliseconds until all went on. */
  note(fault: string, placed: number): void {
    this.healings.push({ fault, placed, closed: null, redialled: null });
  }

  /** Those who wait key their codes, on the nth call to them, and the verifications are settled by it. */
  async proves({ calls }: InProgress, nth: number): Promise<void> {
    const { crowd } = this.topology;
    for (const { number } of calls) await crowd.answered(number, nth);
    for (const { number } of calls) crowd.presses(number, number.slice(-6), nth);
    await slowPoll(() => this.areVerified(calls), HEALED_MS * 2, "the codes to be taken");
    for (const { number } of calls) crowd.leave(number);
  }

  async areVerified(calls: readonly Acknowledged[]): Promise<boolean> {
    const list = calls.map(({ id }) => `'${id}'`).join(",");
    const [row] = await this.topology.ask<{ count: number }>(
      `select count(*)::int as count from verifications where status = 'verified' and id in (${list})`,
    );
    return row?.count === calls.length;
  }
}

/** @returns that late after the fault; null: there was none. */
function latest(times: readonly number[], since: number): number | null {
  return times.length === 0 ? null : Math.max(...times) - since;
}

function isLeft({ ended }: StoredAttempt, since: number): boolean {
  return ended === null || ended >= since;
}
