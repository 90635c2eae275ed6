import type { HeardPrompt } from "../phones/ear.js";
import type { SippPhone } from "../phones/sipp.js";
import type { CallService } from "./call-service.js";

/** What codes and passwords are spelled from. */
const CHARACTER = /^(digit|letter)-/;

/** The prompts that were heard so far. What tells of one may come before the last of its sound. */
export async function heardBy(phone: SippPhone): Promise<readonly HeardPrompt[]> {
  await phone.catchUp();
  return phone.prompts;
}

/** How often a prompt was heard so far. */
export async function timesHeard(phone: SippPhone, prompt: string): Promise<number> {
  return (await heardBy(phone)).filter(({ id }) => id === prompt).length;
}

/** The key that the gate asks for when it asks first, as a person would know it: by listening. */
export async function gateKey(
  calls: CallService,
  phone: SippPhone,
  id: string,
  { locale = "ja", question = "human-gate", nthCall = 1 } = {},
): Promise<string> {
  const { attemptId } = await calls.happened(id, "placed", { nth: nthCall });
  await calls.happened(id, "listening", { on: attemptId });
  const [digit = "", ...more] = await charactersAfter(phone, question, { locale });
  if (!digit.startsWith("digit-") || more.length > 0) throw new Error("not one digit was heard at the gate");
  return digit.slice("digit-".length);
}

/** What was spelled after the nth prompt of this name. */
export async function spelledAfter(
  phone: SippPhone,
  prompt: string,
  { nth = 1, locale = "ja" } = {},
): Promise<string> {
  return (await charactersAfter(phone, prompt, { nth, locale })).join(" ");
}

async function charactersAfter(
  phone: SippPhone,
  prompt: string,
  { nth = 1, locale = "ja" },
): Promise<string[]> {
  const prompts = await heardBy(phone);
  const asked = prompts.filter((heard) => heard.id === prompt && heard.locale === locale)[nth - 1];
  if (asked === undefined) {
    const heard = `${phone.transcript()}, ${phone.heard.packets.length} packets in all`;
    throw new Error(`${prompt} was not heard ${nth} times; heard: ${heard}`);
  }
  const after = prompts.slice(prompts.indexOf(asked) + 1);
  const end = after.findIndex(({ id }) => !CHARACTER.test(id));
  return after.slice(0, end < 0 ? undefined : end).map(({ id }) => id);
}
