import { AriRequestError } from "./errors.js";

/** Ending what has ended already is no error: 404 counts as done. */
export async function orGone(request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (!(error instanceof AriRequestError && error.status === 404)) throw error;
  }
}
