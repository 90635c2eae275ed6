import type { Company } from "./company.js";
import { verificationsIn } from "./evidence.js";
import type { Person } from "./people.js";
import { slowPoll } from "./slow-poll.js";
import type { Topology } from "./topology.js";

/** What the trunk takes when thousands are registered as fast as they can be. */
export const TRUNK = { callsPerSecond: 50, callsAtOnce: 40 } as const;

/** Settings of nodes under such a load. */
export const LOADED = {
  HONNIN_TRUNK_MAX_CPS: String(TRUNK.callsPerSecond),
  HONNIN_TRUNK_MAX_CALLS: String(TRUNK.callsAtOnce),
  // What is registered at once waits for its turn.
  HONNIN_MAX_QUEUE_SECONDS: "600",
};

const REGISTER_AT_ONCE = 12;
/** Answered calls cost most, so there are as few as show something. */
const OF_TWENTY: readonly Person[] = [
  ...Array.from({ length: 9 }, (): Person => "busy"),
  ...Array.from({ length: 4 }, (): Person => "unreachable"),
  ...Array.from({ length: 4 }, (): Person => "keys"),
  ...(["errs", "leaves", "declines"] as const),
];
const ENDS: Readonly<Partial<Record<Person, string>>> = {
  busy: "failed busy",
  unreachable: "failed unreachable",
  keys: "verified",
  errs: "failed hung_up",
  leaves: "failed hung_up",
  declines: "failed rejected",
};

/** Has so many people called, some at a time. @param onNth told of each that was acknowledged, from 0. */
export async function registerAll(
  company: Company,
  count: number,
  onNth: (nth: number) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  let next = 0;
  const some = async (): Promise<void> => {
    for (let mine = next++; mine < count; mine = next++) {
      await company.register(OF_TWENTY[mine % OF_TWENTY.length] ?? "busy", { expires_in: 600 });
      await onNth(mine);
    }
  };
  await Promise.all(Array.from({ length: REGISTER_AT_ONCE }, some));
}

/** Waits until every verification and every call is over, and every webhook was taken. */
export function over(topology: Topology, ms: number): Promise<void> {
  const isOver = async (): Promise<boolean> => {
    const [row] = await topology.ask<{ open: number }>(
      `select (select count(*) from verifications where completed_at is null)::int
         + (select count(*) from attempts where ended_at is null)::int
         + (select count(*) from webhook_deliveries where delivered_at is null)::int as open`,
    );
    return row?.open === 0;
  };
  return slowPoll(isOver, ms, "the end of all verifications and calls");
}

/** Verifications that ended otherwise than those who were called will have it, by their ids. */
export async function endedOtherwise(topology: Topology, company: Company): Promise<string[]> {
  const people = new Map(company.acknowledged.map(({ id, person }) => [id, person]));
  return (await verificationsIn(topology)).flatMap(({ id, status, reason }) => {
    const person = people.get(id);
    const isRight = person !== undefined && [status, reason].filter(Boolean).join(" ") === ENDS[person];
    return isRight ? [] : [id];
  });
}
