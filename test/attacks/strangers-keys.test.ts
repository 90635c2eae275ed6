import { expect } from "chai";

import { callsGroup } from "../../src/cli/doctor/calls-group.js";
import { CallService, type Result } from "../calls/call-service.js";
import { Stories } from "../calls/stories.js";
import { found, ids } from "../doctor/found.js";
import { ULAW_SILENCE } from "../phones/g711.js";
import { audioAddress, methodOf } from "../phones/sip-message.js";
import type { SippPhone } from "../phones/sipp.js";
import { TelephoneMedia } from "../phones/telephone-media.js";
import { figure } from "./figures.js";

const CODE = "314159";
/** Of µ-law at 8 kHz. */
const A_SECOND = 8_000;

/** A call whose trunk sends no voice, and somebody else who knows Asterisk's port and the code. */
interface SilentCall {
  readonly phone: SippPhone;
  readonly id: string;
  readonly stranger: TelephoneMedia;
}

const stories = new Stories<CallService>();
const story = stories.tell.bind(stories);
const strangers: TelephoneMedia[] = [];

async function silentCall(calls: CallService): Promise<SilentCall> {
  const { phone, number } = await calls.phone("answers");
  phone.mute();
  const stranger = await TelephoneMedia.open();
  stranger.mute();
  strangers.push(stranger);
  const { id } = await calls.register(number, { code: CODE });
  await phone.answered();
  const invite = phone.messages.find((message) => methodOf(message) === "INVITE");
  const asterisk = audioAddress(invite?.body ?? "");
  if (asterisk === undefined) throw new Error("the INVITE names no address for voice");
  stranger.talkTo(asterisk.address, asterisk.port);
  return { phone, id, stranger };
}

/** The result, when it was all over; and as a figure what the stranger's keys did. */
async function attacked(calls: CallService, { phone, id }: SilentCall, how: string): Promise<Result> {
  await phone.hungUpOn(90_000);
  const result = await calls.ended(id);
  const keys = calls.eventsOf(id).filter(({ kind }) => kind === "key").length;
  figure(`keys of a stranger counted on a call whose trunk is silent, ${how}`, keys);
  figure(`such a call ended, ${how}`, result.status);
  return result;
}

story("keys of a stranger: none counts", async (calls) => {
  const call = await silentCall(calls);
  await calls.happened(call.id, "listening");
  for (let entry = 0; entry < 4; entry += 1) await call.stranger.press(CODE, { between: "nothing" });
  const result = await attacked(calls, call, "by keys alone");
  expect(result).to.include({ status: "failed", reason: "no_input", code_entries: 0 });
  expect(result.attempts[0]?.note).to.equal("keys_from_stranger");
  expect(ids(await found(callsGroup, calls.dataDir))).to.include("keys-from-stranger");
});

story("keys of a stranger who speaks a second before: none counts", async (calls) => {
  const call = await silentCall(calls);
  await calls.happened(call.id, "listening");
  await call.stranger.say(new Uint8Array(1.5 * A_SECOND).fill(ULAW_SILENCE));
  for (let entry = 0; entry < 3; entry += 1) await call.stranger.press(CODE, { between: "nothing" });
  const result = await attacked(calls, call, "after a second of voice");
  expect(result).to.include({ status: "failed", reason: "no_input", code_entries: 0 });
  expect(result.attempts[0]?.note).to.equal("keys_from_stranger");
});

story("keys of the trunk count though it sends nothing else", async (calls) => {
  const { phone, id } = await silentCall(calls);
  await calls.happened(id, "listening");
  await phone.press(CODE, { between: "nothing" });
  await phone.hungUpOn(60_000);
  expect(await calls.ended(id)).to.include({ status: "verified", code_entries: 1 });
});

story(
  "keys from another port than the trunk's SDP says count where its voice comes from there",
  async (calls) => {
    const { phone, id, stranger: relay } = await silentCall(calls);
    const spoken = relay.say(new Uint8Array(60 * A_SECOND).fill(ULAW_SILENCE));
    await calls.happened(id, "listening");
    relay.hush();
    await spoken;
    relay.talkTo(...addressOf(phone));
    await relay.press(CODE);
    await phone.hungUpOn(60_000);
    const result = await calls.ended(id);
    expect(result).to.include({ status: "verified", code_entries: 1 });
    expect(result.attempts[0]?.note).to.equal(null);
  },
);

function addressOf(phone: SippPhone): [string, number] {
  const invite = phone.messages.find((message) => methodOf(message) === "INVITE");
  const { address, port } = audioAddress(invite?.body ?? "") ?? { address: "127.0.0.1", port: 9 };
  return [address, port];
}

describe("keys of a stranger who guesses the port of a call", function () {
  this.timeout(180_000);
  let calls: CallService;

  before(async () => {
    calls = await CallService.start();
    stories.playOn(calls);
  });

  stories.report();

  after(async () => {
    await stories.over();
    await calls.stop();
    await Promise.all(strangers.map((stranger) => stranger.close()));
  });
});
