import { AriRequestError } from "./errors.js";

/** The value in the answer about a channel's variable; null of one that is not set (404, as for a channel that is gone). */
export async function variableOf(answer: Promise<string | undefined>): Promise<string | null> {
  try {
    const { value } = JSON.parse((await answer) ?? "{}") as { value?: string };
    return value === undefined || value === "" ? null : value;
  } catch (error) {
    if (error instanceof AriRequestError && error.status === 404) return null;
    throw error;
  }
}
