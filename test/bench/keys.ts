import { dtmfTones } from "../phones/dtmf-tones.js";
import { readPrompts } from "../phones/prompt-index.js";
import { keyFaults, type KeyFaults, sumOfFaults } from "../keys/key-faults.js";
import { KeyLab, randomKeys } from "../keys/key-lab.js";
import { KEY_WAYS, type KeyWay } from "../keys/key-ways.js";
import type { Bench } from "./bench.js";
import { inTurns } from "./workers.js";

const KEYS_A_CALL = 60;

export const keys: Bench = {
  name: "keys",
  title: "Keys: none lost, none doubled",
  run: async ({ digits = 10_000, atOnce = 8, progress }) => {
    const lab = await KeyLab.start();
    try {
      const rows: (readonly [KeyWay, KeyFaults])[] = [];
      const callsEach = Math.ceil(digits / KEY_WAYS.length / KEYS_A_CALL);
      for (const way of KEY_WAYS) {
        const faults = await manyCalls(lab, way, callsEach, atOnce);
        progress(`  ${way.name}: ${faults.lost} lost, ${faults.doubled} doubled, ${faults.wrong} wrong`);
        rows.push([way, faults]);
      }
      const sum = sumOfFaults(rows.map(([, faults]) => faults));
      const echo = await talkOff(lab, atOnce);
      progress(`  echo: ${echo.keys} keys in ${echo.seconds} s`);
      return {
        notes: [
          `${sum.sent} keys on ${callsEach * KEY_WAYS.length} calls, ${atOnce} at a time, ${KEYS_A_CALL} keys by chance a call, through the bundled Asterisk as the service has it listen. Each key pressed is looked for among the keys that Asterisk has told of.`,
        ],
        tables: [
          {
            title: "Digits",
            columns: ["how the keys came", "sent", "lost", "doubled", "wrong"],
            rows: [...rows.map(([way, faults]) => row(way.name, faults)), row("**all**", sum)],
          },
          {
            title: "Keys found in speech",
            columns: ["what came back where keys are tones in the sound", "seconds", "keys found"],
            rows: [["all of our own guidance, as loud as it was said", echo.seconds, echo.keys]],
          },
        ],
      };
    } finally {
      await lab.stop();
    }
  },
};

/** An echo of everything that we say must not key: tones are looked for in it when no events were agreed upon. */
async function talkOff(lab: KeyLab, atOnce: number): Promise<{ seconds: number; keys: number }> {
  const prompts = readPrompts("ulaw");
  let keys = 0;
  await inTurns(atOnce, atOnce, async (nth) => {
    const share = prompts.filter((_, n) => n % atOnce === nth - 1);
    const found = await lab.call("answers-and-keys-by-sip-info", async (phone, heard) => {
      for (const { bytes } of share) await phone.say(bytes);
      await phone.say(dtmfTones("#"));
      return heard((all) => all.endsWith("#"));
    });
    keys += found.length - 1;
  });
  const samples = prompts.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return { seconds: Math.round(samples / 8000), keys };
}

async function manyCalls(lab: KeyLab, way: KeyWay, calls: number, atOnce: number): Promise<KeyFaults> {
  const all: KeyFaults[] = [];
  await inTurns(calls, atOnce, async () => {
    const keys = randomKeys(KEYS_A_CALL);
    all.push(keyFaults(keys, await lab.keyed(way, keys)));
  });
  return sumOfFaults(all);
}

function row(name: string, { sent, lost, doubled, wrong }: KeyFaults): (string | number)[] {
  return [name, sent, lost, doubled, wrong];
}
