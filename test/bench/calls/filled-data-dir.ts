import { listEventsAfter } from "../../../src/store/events.js";
import { countOpenCalls } from "../../../src/store/nodes.js";
import { poll } from "../../phones/waiting.js";
import { CLIENT, honninContender, type HonninContender, withStore } from "./contenders/honnin.js";
import { callBothWays } from "./cpu-per-call.js";
import { multiplyStoredCalls } from "./stored-calls.js";

const REAL_CALLS = 40;
const LOOKED_AT = 500;

/** Makes calls of both directions with a service on the folder, ends it, and multiplies what they left. */
export async function fillDataDir(
  dataDir: string,
  count: number,
  trunkPort: number,
): Promise<{ seconds: number; mib: number }> {
  const honnin = await honninContender(trunkPort, {}, dataDir);
  try {
    await callBothWays(honnin, trunkPort, REAL_CALLS);
    await withStore(dataDir, (store) => {
      const allEnded = async (): Promise<boolean> => (await countOpenCalls(store.read)).size === 0;
      return poll(allEnded, 10_000, "the ends of the calls to be stored");
    });
  } finally {
    await honnin.stop();
  }
  return multiplyStoredCalls(dataDir, count);
}

interface Listed {
  readonly id: string;
  readonly status: string;
  readonly phone_number: string;
  readonly attempts: readonly { readonly outcome: string; readonly caller_evidence: unknown }[];
}

/** @throws when what was filled in is not what the service would have stored. Asks it before it has calls. */
export async function checkFill({ api, dataDir }: HonninContender, count: number): Promise<void> {
  const list = async (query: string): Promise<Listed[]> =>
    ((await api.get(`/v1/verifications?${query}`)) as { data: Listed[] }).data;
  const all = await list("limit=100");
  const one = all.at(-1);
  const expect = (holds: boolean, what: string): void => {
    if (!holds) throw new Error(`the fill is not sound: ${what}`);
  };
  const ended = (listed: Listed): boolean =>
    listed.status === "verified" && listed.attempts.some(({ outcome }) => outcome === "answered");
  expect(all.length === Math.min(100, count) && all.every(ended), "its list has others than verified ones");
  if (one === undefined) return;
  const ofNumber = await list(`phone_number=${encodeURIComponent(one.phone_number)}`);
  expect(
    ofNumber.some(({ id }) => id === one.id),
    "a verification is not found by its number",
  );
  const read = (await api.get(`/v1/verifications/${one.id}`)) as Listed;
  expect(JSON.stringify(read) === JSON.stringify(one), "a verification is read other than listed");
  await withStore(dataDir, async (store) => {
    const { stored } = await store.read
      .selectFrom("verifications")
      .select((eb) => eb.fn.countAll<number>().as("stored"))
      .executeTakeFirstOrThrow();
    expect(stored === count, `${stored} are stored`);
    // Opens each: throws when one was sealed for another.
    const events = await listEventsAfter(store.read, store.vault, CLIENT, 0, LOOKED_AT);
    const first = events.find(({ type }) => type === "verification.verified")?.data as Listed;
    const told = ((await api.get(`/v1/verifications/${first.id}`)) as Listed).phone_number;
    expect(told === first.phone_number, "an event tells of another number than its verification");
  });
}
