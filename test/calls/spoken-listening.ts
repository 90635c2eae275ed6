import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeUlaw } from "../phones/g711.js";
import { PROJECT_DIR } from "../phones/programs.js";
import { Recording, type Recordings } from "../phones/recognise.js";
import type { SippPhone } from "../phones/sipp.js";
import type { CallService } from "./call-service.js";

/** A prompt as it is recorded. */
export function sound(id: string, locale = "ja"): Int16Array {
  return decodeUlaw(readFileSync(join(PROJECT_DIR, `sounds/${locale}/${id}.ulaw`)));
}

/** The recordings that a code is spelled from. */
export function spelling(pattern: RegExp, locale = "ja"): Recordings {
  const ids = readdirSync(join(PROJECT_DIR, "sounds", locale))
    .filter((file) => file.endsWith(".ulaw") && pattern.test(file))
    .map((file) => file.slice(0, -".ulaw".length));
  return new Map(ids.map((id) => [id, sound(id, locale)]));
}

const digits = spelling(/^digit-/);
// A Japanese Q is the same sound as a 9; its case in front tells them apart, and none is in our codes.
const characters = spelling(/^(digit|letter)-(?!q\.)/);

/** The service's word that all was played may be read before the last of the sound that it tells of. */
export async function caughtUp({ heard }: SippPhone): Promise<void> {
  for (let before = -1; before !== heard.packets.length;) {
    before = heard.packets.length;
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The key that the gate asks for when it asks first, as a person would know it: by listening. */
export async function gateKey(
  calls: CallService,
  phone: SippPhone,
  id: string,
  { locale = "ja", question = "human-gate" } = {},
): Promise<string> {
  await calls.happened(id, "listening");
  await caughtUp(phone);
  const recording = new Recording(phone.heard);
  const asked = recording.endOf(sound(question, locale));
  if (asked === undefined) throw new Error("the gate's question was not heard");
  const [digit, ...more] = recording.spelledFrom(
    asked,
    locale === "ja" ? digits : spelling(/^digit-/, locale),
  );
  if (digit === undefined || more.length > 0) throw new Error("not one digit was heard at the gate");
  return digit.slice("digit-".length);
}

/** What was spelled after the nth prompt of this name. */
export async function spelledAfter(phone: SippPhone, prompt: string, nth = 1): Promise<string> {
  await caughtUp(phone);
  const recording = new Recording(phone.heard);
  let at: number | undefined = 0;
  for (let i = 0; i < nth && at !== undefined; i++) at = recording.endOf(sound(prompt), at);
  if (at === undefined) throw new Error(`${prompt} was not heard ${nth} times`);
  return recording.spelledFrom(at, characters).join(" ");
}
