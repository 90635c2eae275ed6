import { expect } from "chai";
import { readFile } from "node:fs/promises";
import { encodeUlaw } from "../../src/sound/g711.js";
import { readWave } from "../../src/sound/wave.js";
import { type HeardPrompt, promptsIn } from "./ear.js";
import { committedPrompts } from "./prompt-index.js";

const PACKET = 160;

/**
 * Expects that a softphone heard the guidance: nothing but what was said, and of its longest prompts one at least. Not
 * all of them: it is a program without real time, which leaves gaps in its recording on a machine that has much to do.
 *
 * @param said ids of the prompts, in order, with blanks between.
 */
export async function expectGuidance(file: string, sounds: string, said: string): Promise<void> {
  const heard = (await promptsInRecording(file, sounds)).map(({ id }) => id);
  expect(said.split(" "), "heard, and said").to.include.members(heard);
  expect(
    heard.filter((id) => /greeting|ask-code/.test(id)),
    `heard: ${heard.join(" ")}`,
  ).not.to.have.length(0);
}

/**
 * The prompts in what a softphone recorded (WAV, 8 kHz) of a call in G.711 mu-law: encoded again, each sample is the
 * byte that came. Times are ms since the beginning of the recording.
 */
async function promptsInRecording(file: string, sounds: string): Promise<readonly HeardPrompt[]> {
  const { rate, pcm } = readWave(await readFile(file));
  if (rate !== 8000) throw new Error(`the recording has ${String(rate)} samples a second, expected 8000`);
  const bytes = encodeUlaw(pcm);
  const packets = Array.from({ length: Math.ceil(bytes.length / PACKET) }, (_, at) => ({
    at: at * 20,
    // The numbers of RTP go round.
    sequence: at & 0xffff,
    stream: 1,
    law: "ulaw" as const,
    bytes: bytes.subarray(at * PACKET, (at + 1) * PACKET),
  }));
  return promptsIn(packets, (law) => committedPrompts(law, sounds));
}
