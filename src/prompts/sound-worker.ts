import { parentPort, workerData } from "node:worker_threads";
import { checkShippedSounds } from "./check-prompts.js";
import { makerHere, soundOfText } from "./sound-maker.js";
import { PromptRefusal } from "./prompt-refusal.js";
import type { SoundAnswer, SoundJob } from "./sound-thread.js";

/** The thread in which one sound is made, see {@link SoundThread}. */
const port = parentPort;
if (port === null) throw new Error("this is the body of a worker thread");

async function done(job: SoundJob): Promise<SoundAnswer> {
  switch (job.do) {
    case "record": {
      const maker = makerHere(() => Promise.resolve(job.decoder), job.dir);
      // Between threads a Buffer arrives as the array that it is.
      return {
        sound: await maker.recorded(
          Buffer.from(job.bytes.buffer, job.bytes.byteOffset, job.bytes.byteLength),
          job.kind,
        ),
      };
    }
    case "speak":
      return { sound: await soundOfText(job.prompt, job.catalogue) };
    case "check":
      return { checked: await checkShippedSounds(job.place) };
  }
}

const answer = await done(workerData as SoundJob).catch((error: unknown): SoundAnswer => {
  if (error instanceof PromptRefusal) return { refused: { code: error.code, reason: error.reason } };
  return { why: error instanceof Error ? error.message : String(error) };
});
port.postMessage(answer);
