/** A person waits for what follows a key: not longer than this for Asterisk to say what arrived, ms. */
const LONGEST_DOUBT_MS = 1_000;

/** What Asterisk answers, or null when it does not within a second, or cannot be asked. Never rejects. */
export async function withinDoubt<Answer>(answer: Promise<Answer>): Promise<Answer | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => (timer = setTimeout(resolve, LONGEST_DOUBT_MS, null)));
  try {
    return await Promise.race([answer.catch(() => null), late]);
  } finally {
    clearTimeout(timer);
  }
}
