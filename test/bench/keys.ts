import { dtmfTones } from "../phones/dtmf-tones.js";
import { readPrompts } from "../phones/prompt-index.js";
import { keyFaults, type KeyFaults, sumOfFaults } from "../keys/key-faults.js";
import { KeyLab, randomKeys } from "../keys/key-lab.js";
import { DISTORTIONS } from "../keys/distortions.js";
import { KEY_WAYS, type KeyWay } from "../keys/key-ways.js";
import { ODD_MANNERS } from "../keys/odd-manners.js";
import type { Bench } from "./bench.js";
import { inTurns } from "./workers.js";

const KEYS_A_CALL = 60;
/** Some of the odd manners take 10 s a key: one call of them for so many others. */
const ODD_SHARE = 4;

/** Of what Asterisk told, and of the presses that were made of it. */
interface Faults {
  readonly told: KeyFaults;
  readonly presses: KeyFaults;
}

type Rows = readonly (readonly [KeyWay, Faults])[];

const COLUMNS = ["sent", "Asterisk lost", "Asterisk doubled", "lost", "doubled", "wrong"];

export const keys: Bench = {
  name: "keys",
  title: "Keys: none lost, none doubled",
  run: async ({ digits = 10_000, atOnce = 8, progress }) => {
    const lab = await KeyLab.start();
    try {
      const measure = async (ways: readonly KeyWay[], callsEach: number): Promise<Rows> => {
        const rows: (readonly [KeyWay, Faults])[] = [];
        for (const way of ways) {
          const faults = await manyCalls(lab, way, callsEach, atOnce);
          const { lost, doubled, wrong } = faults.presses;
          progress(`  ${way.name}: ${lost} lost, ${doubled} doubled, ${wrong} wrong`);
          rows.push([way, faults]);
        }
        return rows;
      };
      const callsEach = Math.ceil(digits / KEY_WAYS.length / KEYS_A_CALL);
      const rows = await measure(KEY_WAYS, callsEach);
      const sum = sumUp(rows.map(([, faults]) => faults));
      const odd = await measure(ODD_MANNERS, Math.ceil(callsEach / ODD_SHARE));
      const distorted = await measure(DISTORTIONS, Math.ceil(callsEach / ODD_SHARE));
      const echo = await talkOff(lab, atOnce);
      progress(`  echo: ${echo.keys} keys in ${echo.seconds} s`);
      return {
        notes: [
          `${sum.presses.sent} keys on ${callsEach * KEY_WAYS.length} calls, ${atOnce} at a time, ${KEYS_A_CALL} keys by chance a call, through the bundled Asterisk as the service has it listen. Each key pressed is looked for among what Asterisk told, and among the presses that were made of it.`,
        ],
        tables: [
          {
            title: "Digits",
            columns: ["how the keys came", ...COLUMNS],
            rows: [...rows.map(([way, faults]) => row(way.name, faults)), row("**all**", sum)],
          },
          {
            title: "Odd manners",
            columns: ["how peers of the field send keys", ...COLUMNS],
            rows: odd.map(([way, faults]) => row(way.name, faults)),
          },
          {
            title: "Distorted by the network",
            columns: ["what a network did to telephone events", ...COLUMNS],
            rows: distorted.map(([way, faults]) => row(way.name, faults)),
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

async function manyCalls(lab: KeyLab, way: KeyWay, calls: number, atOnce: number): Promise<Faults> {
  const all: Faults[] = [];
  await inTurns(calls, atOnce, async () => {
    const keys = randomKeys(way.keysAtMost ?? (way.keyMs > 500 ? KEYS_A_CALL / 4 : KEYS_A_CALL));
    const { told, presses } = await lab.keyed(way, keys);
    all.push({ told: keyFaults(keys, told), presses: keyFaults(keys, presses) });
  });
  return sumUp(all);
}

function sumUp(all: readonly Faults[]): Faults {
  return {
    told: sumOfFaults(all.map(({ told }) => told)),
    presses: sumOfFaults(all.map(({ presses }) => presses)),
  };
}

function row(name: string, { told, presses }: Faults): (string | number)[] {
  return [name, presses.sent, told.lost, told.doubled, presses.lost, presses.doubled, presses.wrong];
}
