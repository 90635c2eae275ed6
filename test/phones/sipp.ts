import { randomUUID } from "node:crypto";
import { createSocket } from "node:dgram";
import { join } from "node:path";

import type { Command } from "../../src/programs/command.js";
import { type PcapOptions, writeKeysPcap } from "./dtmf-pcap.js";
import { type HeardPrompt, promptsIn } from "./ear.js";
import { committedPrompts } from "./prompt-index.js";
import type { Heard } from "./heard.js";
import { freeUdpPort } from "./ports.js";
import type { KeyPress, Manner } from "./rtp-endpoint.js";
import { type AnsweringScenario, type CallingScenario, renderScenario } from "./scenario.js";
import {
  audioAddress,
  cseqMethodOf,
  header,
  isInDialog,
  methodOf,
  renderSip,
  statusOf,
} from "./sip-message.js";
import { SippFolder, SippProcess } from "./sipp-process.js";
import { SippTrace, type TracedMessage } from "./sipp-trace.js";
import type { KeyTiming, Loss } from "./telephone-events.js";
import { TelephoneMedia } from "./telephone-media.js";
import { transcript } from "./transcript.js";
import { PATIENCE_MS, WaitedTooLong } from "./waiting.js";

interface CommonOptions {
  /** The folder of the prompts that it will be told; else those of this clone. */
  readonly sounds?: string;
  /** The `sipp` program. */
  readonly program: Command;
  /** Ends after so many calls; default 1. */
  readonly calls?: number;
  /** Headers for the telephone's INVITE or its refusal, such as `Reason: Q.850;cause=34` or `Privacy: id`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Only for the `…-from-pcap` scenarios: the keys that every call plays. */
  readonly pcap?: PcapOptions & { readonly keys: string; readonly keyDelayMs?: number };
}

export interface AnsweringOptions extends CommonOptions {
  /** How long it rings before it is answered; "until told": until `answer()`. Default 100 ms. */
  readonly ringMs?: number | "until told";
  /** Only for `answers-and-keys-by-sip-info`: true agrees on telephone events too. */
  readonly telephoneEvents?: boolean;
}

export interface CallingOptions extends CommonOptions {
  /** The number to dial: a DID. */
  readonly to: string;
  /** Port of 127.0.0.1 to send the call to: the carrier's. */
  readonly via: number;
  /** The caller: a number, or a whole From value such as `"Anonymous" <sip:anonymous@anonymous.invalid>`. */
  readonly from: string;
  /** Only for `calls`: false offers no telephone events, as networks do that carry keys as tones. Default true. */
  readonly telephoneEvents?: boolean;
  /** Only for `calls-and-is-refused`: the status to expect, default 603. */
  readonly refusal?: number;
}

/** How a telephone's scenario ended. */
export interface PhoneResult {
  /** 0: every call went as the scenario says. */
  readonly exitCode: number;
  readonly messages: readonly TracedMessage[];
  /** SIPp's complaints, for the message of a failed assertion. */
  readonly errors: string;
}

/** Longer than any test: "until told". */
const NEVER_MS = 3_600_000;

/**
 * A telephone for tests, behind a `Carrier`: SIPp speaks SIP by a scenario, an `RtpEndpoint` hears,
 * speaks and keys.
 */
export class SippPhone {
  /** SIP port of 127.0.0.1: `carrier.connect(number, phone.port)`. */
  readonly port: number;
  readonly #rtp: TelephoneMedia;
  readonly #folder: SippFolder;
  readonly #trace: SippTrace;
  readonly #process: SippProcess;
  readonly #result: Promise<PhoneResult>;
  readonly #keysByInfo: boolean;
  readonly #sounds: string | undefined;
  #invite: TracedMessage | undefined;
  #nudges = 0;

  private constructor(parts: Parts) {
    this.port = parts.port;
    this.#rtp = parts.rtp;
    this.#folder = parts.folder;
    this.#process = parts.process;
    this.#keysByInfo = parts.keysByInfo;
    this.#sounds = parts.sounds;
    this.#trace = new SippTrace(parts.folder.messageLog, (message) => {
      this.#follow(message);
    });
    this.#trace.refresh();
    this.#result = this.#process.exited.then((exitCode) => this.#putAway(exitCode));
  }

  /** A telephone waiting to be called; resolves when it can be. */
  static async answering(scenario: AnsweringScenario, options: AnsweringOptions): Promise<SippPhone> {
    const { ringMs = 100, telephoneEvents = false } = options;
    const values = { ring_ms: ringMs === "until told" ? NEVER_MS : ringMs, ...eventLines(telephoneEvents) };
    return SippPhone.#start(scenario, options, values, []);
  }

  /** A telephone that calls at once. */
  static async calling(scenario: CallingScenario, options: CallingOptions): Promise<SippPhone> {
    const { from, to, via, refusal = 603, telephoneEvents = true } = options;
    const values = {
      to,
      refusal,
      from: from.includes("<") ? from : `<sip:${from}@127.0.0.1>`,
      ...eventLines(telephoneEvents),
    };
    // The default Call-ID holds the process id, which comes round again.
    const extra = [`127.0.0.1:${via}`, "-cid_str", `%u-${randomUUID()}@%s`];
    return SippPhone.#start(scenario, options, values, extra);
  }

  static async #start(
    scenario: AnsweringScenario | CallingScenario,
    options: CommonOptions,
    values: Readonly<Record<string, string | number>>,
    extra: readonly string[],
  ): Promise<SippPhone> {
    const folder = await SippFolder.create();
    const rtp = await TelephoneMedia.open();
    const port = await freeUdpPort();
    const calls = options.calls ?? 1;
    const pcap = join(folder.path, "keys.pcap");
    if (options.pcap) await writeKeysPcap(pcap, options.pcap.keys, options.pcap);
    const headers = Object.entries(options.headers ?? {}).map(([name, value]) => `      ${name}: ${value}`);
    const all = {
      ...values,
      extra_headers: headers.join("\n"),
      pcap,
      key_delay_ms: options.pcap?.keyDelayMs ?? 500,
    };
    const scenarioFile = await renderScenario(scenario, all, folder.path);
    const run = { program: options.program, folder, scenarioFile, port, rtpPort: rtp.port, calls, extra };
    const process = await SippProcess.start(run);
    const phone = new SippPhone({
      port,
      rtp,
      folder,
      process,
      keysByInfo: scenario === "answers-and-keys-by-sip-info",
      sounds: options.sounds,
    });
    try {
      await process.bound();
    } catch (error) {
      const { errors } = await phone.stop();
      throw new Error(`the telephone did not start: ${errors}`, { cause: error });
    }
    return phone;
  }

  /** Of its SIPp. */
  get pid(): number {
    return this.#process.pid;
  }

  /** Where its scenario and logs are, while it lives. */
  get folder(): string {
    return this.#folder.path;
  }

  /** SIP messages sent and received so far, in order. */
  get messages(): readonly TracedMessage[] {
    return this.#trace.messages;
  }

  /** What it has heard, on all its calls. */
  get heard(): Heard {
    return this.#rtp.heard;
  }

  /** The prompts that it has heard, on all its calls, in order. While a call lasts, {@link catchUp} before. */
  get prompts(): readonly HeardPrompt[] {
    return promptsIn(this.heard.packets, (law) => committedPrompts(law, this.#sounds));
  }

  /** Resolves when everything that has arrived so far was heard: what tells of it may have come sooner. */
  async catchUp(): Promise<void> {
    await this.#rtp.catchUp();
  }

  /** When its first call was answered: its own 200, or the one it received. ms since 1970, undefined before. */
  get answeredAt(): number | undefined {
    return this.messages.find((m) => statusOf(m) === 200 && cseqMethodOf(m) === "INVITE")?.at;
  }

  /** What it has heard in one line, in seconds after the answer. Fit to be printed: no digits of codes. */
  transcript(): string {
    return transcript(this.prompts, this.answeredAt ?? 0);
  }

  /** Keys that the other side has pressed. */
  get keysHeard(): string {
    return this.#rtp.keysHeard;
  }

  /** When it pressed its keys, telephone events only. */
  get presses(): readonly KeyPress[] {
    return this.#rtp.presses;
  }

  /** Waits for a SIP message, past ones included. */
  async message(
    matches: (message: TracedMessage) => boolean,
    what: string,
    ms = PATIENCE_MS,
  ): Promise<TracedMessage> {
    return this.#trace.waitFor(matches, ms, what);
  }

  /** Waits until it rings (answering) or hears that the other side rings (calling). */
  async ringing(ms = PATIENCE_MS): Promise<TracedMessage> {
    return this.message((message) => statusOf(message) === 180, "ringing", ms);
  }

  /** Waits until a call is up: the ACK of its answer has passed. `nth`: which call of several, from 1. */
  async answered({ nth = 1, ms = PATIENCE_MS } = {}): Promise<TracedMessage> {
    const isNth = (message: TracedMessage): boolean => message === this.#callsAnswered()[nth - 1];
    return this.message(isNth, `the answer of call ${nth}`, ms);
  }

  /** Waits until it was refused (calling), and resolves with the refusal. */
  async refused(ms = PATIENCE_MS): Promise<TracedMessage> {
    const isRefusal = (message: TracedMessage): boolean =>
      message.direction === "received" &&
      (statusOf(message) ?? 0) >= 300 &&
      cseqMethodOf(message) === "INVITE";
    return this.message(isRefusal, "a refusal", ms);
  }

  /** Waits until the other side hangs up, and all that it has said is heard. */
  async hungUpOn(ms = 120_000): Promise<TracedMessage> {
    const isBye = (message: TracedMessage): boolean =>
      message.direction === "received" && methodOf(message) === "BYE";
    const bye = await this.message(isBye, "the other side to hang up", ms);
    await this.catchUp();
    return bye;
  }

  /** Presses keys (`0-9 * # A-D`; `,` waits 500 ms); resolves when the last one is let go. */
  async press(keys: string, options: Partial<KeyTiming> & Loss & Manner = {}): Promise<void> {
    if (this.#keysByInfo) await this.#pressByInfo(keys);
    else await this.pressAsEvents(keys, options);
  }

  /** As telephone events, where it can send SIP INFO too. */
  async pressAsEvents(keys: string, options: Partial<KeyTiming> & Loss & Manner = {}): Promise<void> {
    await this.#rtp.press(keys, options);
  }

  async #pressByInfo(keys: string): Promise<void> {
    for (const key of keys) {
      const sent = this.messages.length;
      await this.#nudge("X-KEY", { "X-Key": key });
      const isDone = (message: TracedMessage): boolean =>
        this.messages.indexOf(message) >= sent &&
        statusOf(message) === 200 &&
        cseqMethodOf(message) === "INFO";
      await this.message(isDone, `the INFO of key ${key} to be answered`);
    }
  }

  /** What it sends is held back on the way for so long, and then arrives at once. */
  stall(ms: number): void {
    this.#rtp.stall(ms);
  }

  /** Sends nothing more while it has nothing to say. */
  mute(): void {
    this.#rtp.mute();
  }

  /** Speaks mu-law sound; resolves at its end. */
  async say(ulaw: Uint8Array): Promise<void> {
    await this.#rtp.say(ulaw);
  }

  /** Takes the call that rings "until told". */
  async answer(): Promise<void> {
    const isAlert = (message: TracedMessage): boolean => [180, 183].includes(statusOf(message) ?? 0);
    await this.message(isAlert, "ringing");
    await this.#nudge("X-ANSWER");
  }

  /** Ends the call; as a caller that was not answered yet, gives up. */
  async hangUp(): Promise<void> {
    await this.#nudge("X-HANG-UP");
  }

  /** Resolves when the scenario is over. Rejects when it is not in time; the telephone is stopped then. */
  async done(ms = PATIENCE_MS): Promise<PhoneResult> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<"late">((resolve) => (timer = setTimeout(resolve, ms, "late")));
    const outcome = await Promise.race([this.#result, late]);
    clearTimeout(timer);
    if (outcome !== "late") return outcome;
    await this.stop();
    throw new WaitedTooLong(`the telephone's scenario to end; its messages:\n${this.story()}`, ms);
  }

  /** Ends it in whatever state; harmless when it is over. */
  async stop(): Promise<PhoneResult> {
    await this.#process.kill();
    return this.#result;
  }

  /** The call in one line a message, for people reading a failure. */
  story(): string {
    return this.messages
      .map(({ direction, startLine }) => `${direction === "sent" ? "→" : "←"} ${startLine}`)
      .join("\n");
  }

  /** What went on at this telephone: its SIP, its keys, what it heard. */
  evidence(): string {
    const time = (at: number): string => new Date(at).toISOString().slice(11, 23);
    const sip = this.messages.map((message) => {
      const arrow = message.direction === "sent" ? "→" : "←";
      return `${time(message.at)} ${arrow} ${message.startLine} (CSeq ${header(message, "CSeq") ?? "?"})`;
    });
    const keys = this.presses.map(({ downAt, upAt }) => `${time(downAt)}–${time(upAt).slice(6)}`);
    const { packets } = this.heard;
    const sound = `${packets.length} packets from ${time(packets[0]?.at ?? 0)} to ${time(packets.at(-1)?.at ?? 0)}`;
    return [
      `a telephone at port ${this.port}:`,
      ...sip,
      `keys pressed: ${keys.join(" ")}`,
      `heard (${sound}): ${this.transcript()}`,
    ].join("\n  ");
  }

  async #putAway(exitCode: number): Promise<PhoneResult> {
    const errors = await this.#folder.errors();
    // SIPp quotes whole messages: its first line says what was wrong, without the number.
    const complaint = errors.split("\n")[0]?.replaceAll(/\d{5,}/g, "…") ?? "";
    this.#trace.close(
      new Error(`the telephone's scenario is over${complaint === "" ? "" : `: ${complaint}`}`),
    );
    await this.#rtp.close();
    await this.#folder.remove();
    return { exitCode, messages: this.#trace.messages, errors };
  }

  /** The first ACK of each answered call; a refusal has an ACK too, but no 200 before it. */
  #callsAnswered(): TracedMessage[] {
    const answers = new Set<string | undefined>();
    return this.messages.filter((message) => {
      const callId = header(message, "Call-ID");
      if (statusOf(message) === 200 && cseqMethodOf(message) === "INVITE") answers.add(callId);
      return methodOf(message) === "ACK" && answers.delete(callId);
    });
  }

  /** Keeps the sound in step with the signalling. */
  #follow(message: TracedMessage): void {
    const method = methodOf(message);
    if (method === "INVITE" && !isInDialog(message)) this.#invite = message;
    if (method === "BYE") this.#rtp.hush();
    // The other side's address is in its offer when we answer, in its answer when we call.
    const isAnswer = statusOf(message) === 200 && cseqMethodOf(message) === "INVITE";
    if (!isAnswer) return;
    const peer = audioAddress(message.direction === "sent" ? (this.#invite?.body ?? "") : message.body);
    if (peer) this.#rtp.talkTo(peer.address, peer.port);
  }

  /**
   * SIPp takes no commands for a call, but its scenario can wait for any SIP method: the test
   * sends it one of its own, made from the INVITE, so that SIPp counts it to the same call and
   * the headers that a scenario copies from "the last message" are still those of the INVITE.
   * It goes by the carrier, because SIPp 3.8 sends its next message to where the last came from.
   */
  async #nudge(method: string, extra: Readonly<Record<string, string>> = {}): Promise<void> {
    const invite = this.#invite;
    if (!invite) throw new Error(`the telephone has no call for ${method}`);
    this.#nudges += 1;
    const kept = ["via", "record-route", "from", "to", "call-id", "cseq"];
    const headers = [
      ...invite.headers.filter(({ name }) => kept.includes(name.toLowerCase())),
      // Two equal requests would be one and its retransmission.
      { name: "X-Nudge", value: String(this.#nudges) },
      ...Object.entries(extra).map(([name, value]) => ({ name, value })),
    ];
    const request = renderSip({ startLine: `${method} sip:phone@127.0.0.1 SIP/2.0`, headers, body: "" });
    // Called, it has the carrier in the topmost Via; calling, it has dialled the carrier.
    const place = invite.direction === "sent" ? invite.startLine : header(invite, "Via");
    const carrierPort = Number(/127\.0\.0\.1:(\d+)/.exec(place ?? "")?.[1]);
    const socket = createSocket("udp4");
    await new Promise<void>((resolve, reject) => {
      socket.send(request, carrierPort, "127.0.0.1", (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
    socket.close();
    const callId = header(invite, "Call-ID");
    const arrived = (m: TracedMessage): boolean =>
      header(m, "Call-ID") === callId && header(m, "X-Nudge") === String(this.#nudges);
    await this.message(arrived, `${method} to reach the telephone`);
  }
}

/** Of an SDP that agrees on telephone events, or does not. */
function eventLines(telephoneEvents: boolean): Record<"payload_types" | "event_attributes", string> {
  const attributes = "      a=rtpmap:101 telephone-event/8000\n      a=fmtp:101 0-15";
  return telephoneEvents
    ? { payload_types: "0 101", event_attributes: attributes }
    : { payload_types: "0", event_attributes: "" };
}

interface Parts {
  readonly port: number;
  readonly rtp: TelephoneMedia;
  readonly folder: SippFolder;
  readonly process: SippProcess;
  readonly keysByInfo: boolean;
  readonly sounds: string | undefined;
}
