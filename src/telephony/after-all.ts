/** Rejects when one of them did, but not before all have ended. */
export async function afterAll(tasks: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(tasks);
  await Promise.all(tasks);
}
