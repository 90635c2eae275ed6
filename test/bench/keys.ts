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
        ],
      };
    } finally {
      await lab.stop();
    }
  },
};

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
