import { setTimeout as delay } from "node:timers/promises";
import { askBundledAsterisk, type SeenSip, SipWatch } from "./service-link.js";

/** RFC 3261 17.1.2: an OPTIONS or REGISTER by UDP is sent for 32 s; a trunk that works answers within one. */
const ANSWER_MS = 6_000;
/** A REGISTER is told to be proved, and is sent again with the proof. */
const CHALLENGES: readonly (number | null)[] = [401, 407];

interface ProbedTrunk {
  /** The answer to OPTIONS; null: none came. */
  readonly options: SeenSip | null;
  /** The last answer to REGISTER; null: none came, or we do not register. */
  readonly register: SeenSip | null;
}

/**
 * Has the running Asterisk ask the trunk by OPTIONS, and register anew where it registers.
 *
 * @param tell each message, as it comes.
 * @throws {CommandError} where no service runs.
 */
export async function probeTrunk(
  dataDir: string,
  { name, register }: { readonly name: string; readonly register?: boolean | undefined },
  tell: (seen: SeenSip) => void = () => undefined,
): Promise<ProbedTrunk> {
  let options: SeenSip | null = null;
  let registered: SeenSip | null = null;
  const awaited = new Set<() => void>();
  const watch = await SipWatch.start(dataDir, (seen) => {
    if (seen.method !== "OPTIONS" && seen.method !== "REGISTER") return;
    // Of ours alone: the trunk asks us as well.
    if (seen.ours === (seen.status === null)) tell(seen);
    if (!seen.ours && seen.status !== null && seen.status >= 200) {
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
    if (register === true) {
      await askBundledAsterisk(dataDir, `pjsip send register ${name}-registration`);
      await until(() => registered !== null && !CHALLENGES.includes(statusOf(registered)));
    }
  } finally {
    watch.stop();
  }
  return { options, register: registered };
}
