/** Does `work` for 1 … `count`, `atOnce` at a time; rejects with the first error, when all have ended. */
export async function inTurns(
  count: number,
  atOnce: number,
  work: (nth: number) => Promise<void>,
): Promise<void> {
  let begun = 0;
  const worker = async (): Promise<void> => {
    while (begun < count) await work((begun += 1));
  };
  const ends = await Promise.allSettled(Array.from({ length: Math.min(atOnce, count) }, worker));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}
