import { connect } from "node:net";

/** A command on the machine itself is answered in milliseconds. */
const DEADLINE_MS = 5_000;
/** A list of the registrations has some hundred bytes. */
const MAX_BYTES = 64_000;
/** The longest of all: a line for each of some internal queues a call. */
export const MAX_TABLE_BYTES = 2_000_000;

/**
 * Asks the Asterisk of this control socket, as `asterisk -rx` does: it says who it is, then the answer, then it closes.
 * What ARI does not tell, such as the state of registrations, is to be had here only.
 *
 * @throws when nobody listens, or the answer does not come in 5 s.
 */
export function askAsterisk(socketPath: string, command: string, maxBytes = MAX_BYTES): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    let answer = "";
    const deadline = setTimeout(() => {
      socket.destroy(new Error(`Asterisk did not answer in ${String(DEADLINE_MS)} ms`));
    }, DEADLINE_MS);
    socket.setEncoding("utf8");
    socket.on("connect", () => socket.write(`cli quit after ${command}\0`));
    socket.on("data", (text: string) => {
      answer += text;
      if (answer.length > maxBytes) socket.destroy(new Error("Asterisk answered without end"));
    });
    socket.on("error", reject);
    socket.on("close", () => {
      clearTimeout(deadline);
      resolve(answer);
    });
  });
}
