import { setTimeout as delay } from "node:timers/promises";
import { registrationState } from "../asterisk/trunk-registration.js";
import { askBundledAsterisk, type SeenSip, SipWatch } from "./service-link.js";

/** RFC 3261 17.1.2: an OPTIONS or REGISTER by UDP is sent for 32 s; a trunk that works answers within one. */
const ANSWER_MS = 6_000;
/** A REGISTER is told to be proved, and is sent again with the proof. */
const CHALLENGES: readonly (number | null)[] = [401, 407];

interface ProbedTrunk {
  /** The answer to OPTIONS; null: none came. */
  readonly options: SeenSip | null;
  /** The last answer to REGISTER; null: none came, or we do not register; `stands`: we are registered, and did not ask. */
  readonly register: SeenSip | "stands" | null;
}

/**
 * Whether to register: `where_lost` where we are not registered. `anew` in any case: Asterisk takes a registration back
 * before it registers again, and who calls in between, for about a second, does not reach us.
 */
export type Registering = "never" | "where_lost" | "anew";

/**
 * Has the running Asterisk ask the trunk by OPTIONS, and register there.
 *
 * @param tell each message, as it comes.
 * @throws {CommandError} where no service runs.
 */
export async function probeTrunk(
  dataDir: string,
  { name, register = "never" }: { readonly name: string; readonly register?: Registering },
  tell: (seen: SeenSip) => void = () => undefined,
): Promise<ProbedTrunk> {
  let options: SeenSip | null = null;
  let registered: SeenSip | null = null;
  const awaited = new Set<() => void>();
  // Before it registers anew Asterisk takes back what may stand: what is answered to that says nothing of the other.
  const takenBack = new Set<string>();
  const nameOf = ({ callId, sequence }: SeenSip): string => `${callId} ${String(sequence)}`;
  const watch = await SipWatch.start(dataDir, (seen) => {
    if (seen.method !== "OPTIONS" && seen.method !== "REGISTER") return;
    // Of ours alone: the trunk asks us as well.
    if (seen.ours === (seen.status === null)) tell(seen);
    if (seen.unregisters) takenBack.add(nameOf(seen));
    if (!seen.ours && seen.status !== null && seen.status >= 200 && !takenBack.has(nameOf(seen))) {
      if (seen.method === "OPTIONS") options = seen;
      else registered = seen;
      for (const look of awaited) look();
    }
  });
  const until = async (isDone: () => boolean): Promise<void> => {
    const late = new AbortController();
    await Promise.race([
      new Promise<void>((resolve) => {
        const look = (): void => {
          if (isDone()) resolve();
        };
        awaited.add(look);
        look();
      }),
      delay(ANSWER_MS, undefined, { signal: late.signal }).catch(() => undefined),
    ]);
    late.abort();
    awaited.clear();
  };
  const statusOf = (seen: SeenSip | null): number | null => seen?.status ?? null;
  try {
    await askBundledAsterisk(dataDir, `pjsip qualify ${name}`);
    await until(() => options !== null);
    if (register === "where_lost" && (await isRegistered(dataDir, name)))
      return { options, register: "stands" };
    if (register !== "never") {
      await askBundledAsterisk(dataDir, `pjsip send register ${name}-registration`);
      await until(() => registered !== null && !CHALLENGES.includes(statusOf(registered)));
    }
  } finally {
    watch.stop();
  }
  return { options, register: registered };
}

async function isRegistered(dataDir: string, trunk: string): Promise<boolean> {
  return (
    registrationState(await askBundledAsterisk(dataDir, "pjsip show registrations"), trunk) === "Registered"
  );
}
