import { type IntervalHistogram, monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";

import { CallService } from "../calls/call-service.js";
import type { HeardPrompt } from "../phones/ear.js";
import type { KeyPress } from "../phones/rtp-endpoint.js";
import type { SippPhone } from "../phones/sipp.js";
import type { Bench, Findings } from "./bench.js";
import { percentile, spread } from "./percentiles.js";
import { inTurns } from "./workers.js";

const CODE = "271828";
const WRONG = "000000";
const DID = "0312340000";
const PACKET_MS = 20;
const RESOLUTION_MS = 10;
/** What begins a new saying: before it a key, or the wait for one. */
const ANSWERS = ["wrong-code", "verified", "failed", "no-input", "no-input-final", "expired"];

/** Milliseconds, one array a measure, over all calls. */
interface Measures {
  readonly firstWordOut: number[];
  readonly firstWordIn: number[];
  readonly between: number[];
  readonly verdict: number[];
  readonly bargeInDown: number[];
  readonly bargeInUp: number[];
  /** Prompts heard, and those of them that lacked their beginning. */
  prompts: number;
  clipped: number;
  lostMs: number;
}

export const voice: Bench = {
  name: "voice",
  title: "The voice: when it is heard",
  run: async ({ calls = 60, atOnce = 6, progress }) => {
    const measures: Measures = {
      firstWordOut: [],
      firstWordIn: [],
      between: [],
      verdict: [],
      bargeInDown: [],
      bargeInUp: [],
      prompts: 0,
      clipped: 0,
      lostMs: 0,
    };
    const service = await CallService.start({ HONNIN_DIDS: DID }, { sounds: "shipped" });
    const lateness = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    lateness.enable();
    try {
      let over = 0;
      await inTurns(calls, atOnce, async (nth) => {
        // Not all in step: otherwise every call would have its busiest moment together.
        if (nth <= atOnce) await pause(nth * 700);
        await (nth % 4 === 0 ? callIn(service, measures) : callOut(service, measures));
        over += 1;
        if (over % 10 === 0) progress(`  ${over} of ${calls} calls`);
      });
    } finally {
      await service.stop();
    }
    return findings(measures, calls, atOnce, lateness);
  },
};

/** Listens to the question, keys wrongly, listens, is wrong again, interrupts, keys rightly, listens to the end. */
async function callOut(service: CallService, measures: Measures): Promise<void> {
  const { phone, number } = await service.phone("answers");
  const { id } = await service.register(number, { code: CODE });
  await service.happened(id, "listening");
  await phone.press(WRONG);
  await service.happened(id, "listening", { nth: 2 });
  await phone.press(WRONG);
  await service.happened(id, "ruled", { nth: 2 });
  await phone.heard.speech();
  await pause(800 + Math.random() * 1500);
  await phone.press(CODE);
  await phone.hungUpOn(60_000);
  await phone.done();
  const { prompts } = phone;
  if (!prompts.some((prompt) => prompt.id === "verified")) throw new Error(`heard: ${phone.transcript()}`);
  note(measures, measures.firstWordOut, phone);
  const keys = phone.presses;
  for (const last of [keys[5], keys[11], keys[17]]) noteVerdict(measures, prompts, last);
  noteBargeIn(measures, phone, keys[12]);
}

/** Calls, listens, keys rightly, listens to the end. */
async function callIn(service: CallService, measures: Measures): Promise<void> {
  const number = service.newNumber();
  const { id } = await service.register(number, { code: CODE, direction: "inbound" });
  const phone = await service.caller("calls", { to: DID, from: number });
  await service.happened(id, "listening");
  await phone.press(CODE);
  await phone.hungUpOn(60_000);
  await phone.done();
  note(measures, measures.firstWordIn, phone);
  noteVerdict(measures, phone.prompts, phone.presses[5]);
}

function note(measures: Measures, firstWord: number[], phone: SippPhone): void {
  const { prompts, answeredAt } = phone;
  const [first] = prompts;
  if (first && answeredAt !== undefined) firstWord.push(first.from - answeredAt);
  prompts.forEach((prompt, n) => {
    measures.prompts += 1;
    measures.clipped += prompt.clipped ? 1 : 0;
    measures.lostMs += prompt.lostMs;
    const next = prompts[n + 1];
    if (next && !prompt.cut && !ANSWERS.includes(next.id)) measures.between.push(next.from - prompt.to);
  });
}

function noteVerdict(measures: Measures, prompts: readonly HeardPrompt[], last: KeyPress | undefined): void {
  const guidance = last && prompts.find((prompt) => prompt.from > last.upAt);
  if (last && guidance) measures.verdict.push(guidance.from - last.upAt);
}

/** From the key to the end of the last packet with sound in it, before the next prompt. */
function noteBargeIn(measures: Measures, phone: SippPhone, key: KeyPress | undefined): void {
  if (!key) return;
  const next = phone.prompts.find((prompt) => prompt.from > key.upAt + 500)?.from ?? Infinity;
  const last = phone.heard.packets.findLast((packet) => packet.loud && packet.at < next - 100);
  // In a pause of the sentence there was no sound to stop.
  if (!last || last.at < key.downAt) return;
  measures.bargeInDown.push(last.at + PACKET_MS - key.downAt);
  measures.bargeInUp.push(last.at + PACKET_MS - key.upAt);
}

function findings(measures: Measures, calls: number, atOnce: number, lateness: IntervalHistogram): Findings {
  const row = (what: string, values: readonly number[], target?: number): (string | number)[] => [
    what,
    ...spread(values),
    target ?? "",
    target === undefined ? "" : percentile(values, 99) < target ? "yes" : "no",
  ];
  // The histogram has the whole interval, in nanoseconds.
  const late = [50, 90, 99, 100].map((percent) =>
    Math.max(0, Math.round(lateness.percentile(percent) / 1e6 - RESOLUTION_MS)),
  );
  return {
    notes: [
      `${calls} calls, ${atOnce} at a time, through the whole service and its Asterisk to telephones that hear and key; three of four are outbound. Milliseconds, taken from the arrival of RTP packets at the telephone; a sample counts as sound down to 45 dB below the loudest. Telephones, service and Asterisk share the machine.`,
      `Of ${measures.prompts} prompts heard, ${measures.clipped} lacked their beginning; ${Math.round(measures.lostMs)} ms of sound did not arrive.`,
    ],
    tables: [
      {
        title: "Times",
        columns: ["ms", "n", "p50", "p90", "p99", "max", "target", "p99 meets it"],
        rows: [
          row("answer (200) to the first word, outbound", measures.firstWordOut, 1000),
          row("answer (200) to the first word, inbound", measures.firstWordIn, 1000),
          row("silence between two pieces", measures.between, 250),
          row("last key let go to the verdict's first sound", measures.verdict, 300),
          row("key down to the end of the sound (barge-in; tone of 100 ms)", measures.bargeInDown, 150),
          row("the same from the key let go", measures.bargeInUp),
          ["how late the measuring process itself was", lateness.count, ...late, "", ""],
        ],
      },
    ],
  };
}
