import { once } from "node:events";
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";

import { Heard } from "./heard.js";
import type { MediaLine, MediaOrder, MediaReport, NumberedOrder } from "./media-thread.js";
import { keyFrames, type KeyPress, type Manner, soundFrames } from "./rtp-endpoint.js";
import type { KeyTiming, Loss } from "./telephone-events.js";
import { PATIENCE_MS } from "./waiting.js";

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

/**
 * The ear, the mouth and the keypad of a telephone: an `RtpEndpoint` in a thread of its own. A test runs in
 * one process with the whole service, whose event loop is held up by each commit to a slow disk, by the
 * reading of prompts and by the test itself: sound would be taken in late and keys be pressed in bursts, which
 * no real telephone does. All telephones of a process share the one thread, which has nothing else to do.
 */
export class TelephoneMedia {
  readonly port: number;
  readonly heard = new Heard(() => this.catchUp());
  readonly #line: MessagePort;
  readonly #keysHeard: string[] = [];
  readonly #presses: KeyPress[] = [];
  readonly #waiting = new Map<number, Waiter>();
  /** Aborted when the thread has ended: nobody answers any more. */
  readonly #gone: AbortSignal;
  #orders = 0;
  #closing: Promise<void> | undefined;

  private constructor(port: number, line: MessagePort) {
    this.port = port;
    this.#line = line;
    line.on("message", (reports: readonly MediaReport[]) => {
      for (const report of reports) this.#note(report);
    });
    this.#gone = gone.signal;
    this.#gone.addEventListener("abort", () => {
      for (const { reject } of this.#waiting.values()) reject(this.#gone.reason as Error);
      this.#waiting.clear();
    });
  }

  /** `telephoneEventType`: the RTP payload type that offer and answer agree on; Asterisk offers 101. */
  static async open({ telephoneEventType = 101 } = {}): Promise<TelephoneMedia> {
    const { port1: line, port2: theirs } = new MessageChannel();
    const wanted: MediaLine = { line: theirs, telephoneEventType };
    thread().postMessage(wanted, [theirs]);
    const signal = AbortSignal.any([AbortSignal.timeout(PATIENCE_MS), gone.signal]);
    const [port] = (await once(line, "message", { signal })) as [number | string];
    if (typeof port === "string") throw new Error(`a telephone has no ears: ${port}`);
    return new TelephoneMedia(port, line);
  }

  /** Keys that the other side has sent, for telephones talking to telephones. */
  get keysHeard(): string {
    return this.#keysHeard.join("");
  }

  /** Keys pressed as telephone events, in order. */
  get presses(): readonly KeyPress[] {
    return this.#presses;
  }

  /** Begins to send (silence, until told otherwise) to where the other side's SDP says. */
  talkTo(address: string, port: number): void {
    void this.#order({ order: "talk", address, port });
  }

  /** The call is over: stops sending. Keys not yet sent are forgotten. */
  hush(): void {
    if (this.#closing === undefined) void this.#order({ order: "hush" });
  }

  /** Presses keys as telephone events; resolves when the gap after the last key is over. */
  async press(keys: string, options: Partial<KeyTiming> & Loss & Manner = {}): Promise<void> {
    await this.#order({ order: "send", frames: keyFrames(keys, options) });
  }

  /** From now on sends nothing while it has nothing to say: a trunk that suppresses silence. */
  mute(): void {
    void this.#order({ order: "mute" });
  }

  /** The network holds everything back for so long and then delivers it at once. */
  stall(ms: number): void {
    void this.#order({ order: "stall", ms });
  }

  /** Speaks: `ulaw` is mu-law at 8 kHz (recorded speech, a fax, in-band tones). Resolves at its end. */
  async say(ulaw: Uint8Array): Promise<void> {
    await this.#order({ order: "send", frames: soundFrames(ulaw) });
  }

  /** Resolves when everything that has arrived at the telephone so far is in {@link heard}. */
  async catchUp(): Promise<void> {
    await (this.#closing ?? this.#order({ order: "catchUp" }));
  }

  /** Hears what has arrived, and is gone. */
  async close(): Promise<void> {
    this.#closing ??= this.#order({ order: "close" }).then(() => {
      this.heard.close();
      this.#line.close();
    });
    await this.#closing;
  }

  #order(order: MediaOrder): Promise<void> {
    // What was ordered before is carried out before; nobody would answer what comes after.
    if (this.#closing) return Promise.reject(new Error("the telephone was put away"));
    if (this.#gone.aborted) return Promise.reject(this.#gone.reason as Error);
    this.#orders += 1;
    const numbered: NumberedOrder = { ...order, nth: this.#orders };
    return new Promise((resolve, reject) => {
      this.#waiting.set(numbered.nth, { resolve, reject });
      this.#line.postMessage(numbered);
    });
  }

  #note(report: MediaReport): void {
    switch (report.is) {
      case "sound":
        this.heard.add(report.packet);
        return;
      case "key":
        this.#keysHeard.push(report.key);
        return;
      case "press":
        this.#presses[report.nth] = report.press;
        return;
      case "done": {
        const waiter = this.#waiting.get(report.nth);
        this.#waiting.delete(report.nth);
        if (report.error === undefined) waiter?.resolve();
        else waiter?.reject(new Error(report.error));
      }
    }
  }
}

let running: Worker | undefined;
/** Of the thread that runs. */
let gone = new AbortController();

function thread(): Worker {
  if (running === undefined) {
    running = new Worker(new URL("media-thread.mjs", import.meta.url));
    gone = new AbortController();
    const ended = gone;
    running.once("error", (error) => {
      running = undefined;
      ended.abort(new Error("the thread of the telephones has ended", { cause: error }));
    });
    // Open lines keep the process; the thread by itself does not.
    running.unref();
  }
  return running;
}
