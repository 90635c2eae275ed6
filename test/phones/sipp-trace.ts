import { existsSync, type FSWatcher, readFileSync, watch } from "node:fs";
import { basename, dirname } from "node:path";

import { parseSip, type SipMessage } from "./sip-message.js";
import { WaitingRoom } from "./waiting.js";

/** A SIP message that a telephone has sent or received. */
export interface TracedMessage extends SipMessage {
  readonly direction: "sent" | "received";
  /** ms since 1970, as SIPp logged it. */
  readonly at: number;
}

/**
 * The head of an entry: `---- 2026-01-01T12:00:00.123456Z` and `UDP message sent [202] bytes:` of SIPp
 * 3.8, or `---- 2026-01-01 12:00:00.123456` and `UDP message sent (202 bytes):` of 3.6; the message follows.
 */
const ENTRY =
  /-{20,} ([\d-]{10})[T \t]+([\d:.]+)Z?\n(?:UDP|TCP|TLS) message (sent|received) [[(](\d+)[\]]? bytes\)? ?:\n\n/g;

/**
 * Follows the message log (-trace_msg) of a running SIPp. SIPp flushes it at every message, so
 * it tells the test what has happened on the call as it happens.
 */
export class SippTrace {
  readonly messages: TracedMessage[] = [];
  readonly #file: string;
  readonly #watcher: FSWatcher;
  readonly #room = new WaitingRoom();
  readonly #listener: (message: TracedMessage) => void;
  #read = 0;

  constructor(file: string, listener: (message: TracedMessage) => void) {
    this.#file = file;
    this.#listener = listener;
    this.#watcher = watch(dirname(file), (_event, name) => {
      if (name === null || name === basename(file)) this.refresh();
    });
  }

  async waitFor(
    matches: (message: TracedMessage) => boolean,
    ms: number,
    what: string,
  ): Promise<TracedMessage> {
    return this.#room.until(() => this.messages.find(matches), ms, what);
  }

  /** Takes in what was written since; called by itself when the file changes. */
  refresh(): void {
    if (!existsSync(this.#file)) return;
    const bytes = readFileSync(this.#file).subarray(this.#read);
    // Bytes as characters (latin1): the log counts bytes, and lengths must agree.
    const text = bytes.toString("latin1");
    let end = 0;
    for (const entry of text.matchAll(ENTRY)) {
      const [whole, date, time, direction, length] = entry;
      const from = entry.index + whole.length;
      const to = from + Number(length);
      if (to > text.length) break;
      end = to;
      const message = parseSip(bytes.subarray(from, to).toString());
      if (!message) continue;
      const at = Date.parse(`${date}T${time}Z`);
      const traced: TracedMessage = { ...message, direction: direction === "sent" ? "sent" : "received", at };
      this.messages.push(traced);
      this.#listener(traced);
    }
    this.#read += end;
    this.#room.look();
  }

  close(reason: Error): void {
    this.#watcher.close();
    this.refresh();
    this.#room.close(reason);
  }
}
