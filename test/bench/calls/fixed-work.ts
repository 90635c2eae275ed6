/**
 * The same piece of work again and again, a number of milliseconds apart: what one costs, CPU microseconds, on
 * stdout as `{"<apart>": <microseconds>}`. Nothing of Honnin is in it. It is what its calls are made of: reading
 * JSON, a keyed hash, a telephone number.
 */
import { createHmac } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import { z } from "zod";

const MOST_TIMES = 2_000;
const LONGEST_MS = 10_000;
const WARM_UP = 50_000;

const schema = z.object({ name: z.string(), list: z.array(z.object({ word: z.string().max(20) })) });
const text = JSON.stringify({
  name: "x".repeat(300),
  list: Array.from({ length: 10 }, (_, i) => ({ word: `word ${i}` })),
});

function work(nth: number): void {
  const read = schema.parse(JSON.parse(text));
  createHmac("sha256", "key").update(JSON.stringify(read)).digest("hex");
  parsePhoneNumberFromString(`090${12_340_000 + (nth % 1_000)}`, "JP")?.isValid();
}

async function microseconds(apartMs: number): Promise<number> {
  const times = apartMs === 0 ? MOST_TIMES : Math.min(MOST_TIMES, Math.round(LONGEST_MS / apartMs));
  let used = 0;
  for (let nth = 0; nth < times; nth += 1) {
    if (apartMs > 0) await delay(apartMs);
    const before = process.cpuUsage();
    work(nth);
    const { user, system } = process.cpuUsage(before);
    used += user + system;
  }
  return used / times;
}

for (let nth = 0; nth < WARM_UP; nth += 1) work(nth);
const found: Record<string, number> = {};
for (const apartMs of process.argv.slice(2).map(Number)) found[apartMs] = await microseconds(apartMs);
process.stdout.write(JSON.stringify(found));
