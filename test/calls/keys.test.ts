import { expect } from "chai";

import { dtmfTones } from "../phones/dtmf-tones.js";
import { sdp } from "../phones/sdp.js";
import { statusOf } from "../phones/sip-message.js";
import { PAUSE_KEY } from "../phones/telephone-events.js";
import { bunched, ENDS_OVERTAKEN } from "../keys/distortions.js";
import { ASTERISKS } from "./asterisks.js";
import { CallService } from "./call-service.js";
import { Stories } from "./stories.js";

const CODE = "482913";
/** Two equal keys in a row, which must not become one. */
const WITH_PAIRS = "448800";

const stories = new Stories<CallService>();
const story = stories.tell.bind(stories);
/** Which keys came by SIP INFO, and which had a beginning, is seen in what the bundled Asterisk tells beside ARI. */
const storiesOfCopies = new Stories<CallService>();
const storyOfCopies = storiesOfCopies.tell.bind(storiesOfCopies);

/** Which ends of keys had a beginning is not known of an Asterisk of the user's own. */
const storiesOfOthers = new Stories<CallService>();
const storyOfOthers = storiesOfOthers.tell.bind(storiesOfOthers);

storyOfCopies("each key by telephone events and by SIP INFO: every key counts once", async (calls) => {
  const { phone, number } = await calls.phone("answers-and-keys-by-sip-info", { telephoneEvents: true });
  const { id } = await calls.register(number, { code: WITH_PAIRS });
  await phone.answered();
  await calls.happened(id, "listening");
  for (const key of WITH_PAIRS) {
    await Promise.all([phone.pressAsEvents(key, { gapMs: 160 }), phone.press(key)]);
  }
  await phone.hungUpOn(60_000);
  expect(await calls.ended(id)).to.include({ status: "verified", code_entries: 1 });
});

storyOfCopies("SIP INFO alone, as fast as it goes: equal keys count each", async (calls) => {
  const { phone, number } = await calls.phone("answers-and-keys-by-sip-info");
  const { id } = await calls.register(number, { code: WITH_PAIRS });
  await phone.answered();
  await calls.happened(id, "listening");
  await phone.press(WITH_PAIRS);
  await phone.hungUpOn(60_000);
  expect(await calls.ended(id)).to.include({ status: "verified", code_entries: 1 });
});

for (const [what, way] of [
  ["are held up and come at once", bunched("six keys held up for 1,200 ms", 6, 1_200)],
  ["are told of again, as their ends were overtaken", ENDS_OVERTAKEN],
] as const) {
  storyOfOthers(`keys that ${what}: asked for again, and no code is called wrong`, async (calls) => {
    const { phone, number } = await calls.phone("answers");
    const { id } = await calls.register(number, { code: WITH_PAIRS, max_code_entries: 1 });
    await phone.answered();
    await calls.happened(id, "said");
    await way.press(phone, WITH_PAIRS);
    await calls.happened(id, "listening");
    await phone.press(WITH_PAIRS);
    await phone.hungUpOn(60_000);
    expect(await calls.ended(id)).to.include({ status: "verified", code_entries: 1 });
  });

  storyOfCopies(`keys that ${what}, in the midst of what is said: a right code is right`, async (calls) => {
    const { phone, number } = await calls.phone("answers");
    const { id } = await calls.register(number, { code: WITH_PAIRS });
    await phone.answered();
    await calls.happened(id, "said");
    await way.press(phone, WITH_PAIRS);
    await phone.hungUpOn(60_000);
    expect(await calls.ended(id)).to.include({ status: "verified", code_entries: 1 });
  });
}

story("the letters A to D between the digits of a code do not break it", async (calls) => {
  const { phone, number } = await calls.phone("answers");
  const { id } = await calls.register(number, { code: CODE });
  await phone.answered();
  await calls.happened(id, "listening");
  await phone.press(Array.from(CODE).join("A"));
  await phone.hungUpOn(60_000);
  expect(await calls.ended(id)).to.include({ status: "verified", code_entries: 1 });
});

story(
  "keys by a payload number that was not agreed upon: a note says why nobody heard them",
  async (calls) => {
    const { phone, number } = await calls.phone("answers");
    const { id } = await calls.register(number, { code: CODE });
    await phone.answered();
    await calls.happened(id, "listening");
    await phone.press(CODE, { payloadType: 96 });
    await phone.hungUpOn(90_000);
    const result = await calls.ended(id);
    expect(result).to.include({ status: "failed", reason: "no_input" });
    expect(result.attempts[0]?.note).to.equal("keys_in_unknown_payload");
    const lines = calls.logged.split("\n").filter((logged) => logged.includes("keys_in_unknown_payload"));
    const line = lines.find((logged) => logged.includes(id));
    expect(line, "with the ids").to.include(result.attempts[0]?.id).and.to.include("cli_test");
  },
);

story("an answer that names another payload number than was offered: the note says so too", (calls) =>
  calls.withFieldPhone(
    async (phone, number) => {
      const { id } = await calls.register(number, { code: CODE });
      await phone.invited();
      phone.reply(200, "OK", { sdp: sdp({ port: phone.rtp.port, events: 96 }) });
      await phone.acknowledged();
      phone.rtp.talkTo(phone.peer.address, phone.peer.port);
      await calls.happened(id, "listening");
      await phone.rtp.press(CODE);
      await phone.hungUpOn();
      const { reason, attempts } = await calls.ended(id);
      expect({ reason, note: attempts[0]?.note }).to.deep.equal({
        reason: "no_input",
        note: "keys_in_unknown_payload",
      });
    },
    { events: 96 },
  ),
);

story("nobody keys: no note", async (calls) => {
  const { phone, number } = await calls.phone("answers");
  const { id } = await calls.register(number, { code: CODE });
  await phone.hungUpOn(90_000);
  const result = await calls.ended(id);
  expect(result).to.include({ status: "failed", reason: "no_input" });
  expect(result.attempts[0]?.note).to.equal(null);
});

story("SIP INFO alone, at the pace of a person: equal keys count each", async (calls) => {
  const { phone, number } = await calls.phone("answers-and-keys-by-sip-info");
  const { id } = await calls.register(number, { code: WITH_PAIRS });
  await phone.answered();
  await calls.happened(id, "listening");
  for (const key of WITH_PAIRS) {
    await phone.press(key);
    await phone.pressAsEvents(PAUSE_KEY);
  }
  await phone.hungUpOn(60_000);
  expect(await calls.ended(id)).to.include({ status: "verified", code_entries: 1 });
});

for (const { title, installation } of ASTERISKS) {
  const told = [stories.anew(), installation === undefined ? storiesOfCopies : storiesOfOthers];
  describe(`how keys come, through ${title}`, function () {
    this.timeout(240_000);
    let calls: CallService;

    before(async () => {
      calls = await CallService.start({}, installation === undefined ? {} : { installation });
      for (const each of told) each.playOn(calls);
    });

    for (const each of told) each.report();

    after(async () => {
      for (const each of told) await each.over();
      await calls.stop();
    });
  });
}

describe("a trunk that sends tones, by HONNIN_TRUNK_DTMF=inband", function () {
  this.timeout(240_000);
  let calls: CallService;

  before(async () => {
    calls = await CallService.start({ HONNIN_TRUNK_DTMF: "inband" });
  });

  after(() => calls.stop());

  it("hears tones though the trunk agreed on telephone events", async () => {
    const { phone, number } = await calls.phone("answers");
    const { id } = await calls.register(number, { code: WITH_PAIRS });
    await phone.answered();
    await calls.happened(id, "listening");
    await phone.say(dtmfTones(WITH_PAIRS));
    await phone.hungUpOn(60_000);
    expect(await calls.ended(id)).to.include({ status: "verified", code_entries: 1 });
  });

  it("hears tones after a re-INVITE that took telephone events away", () =>
    calls.withFieldPhone(async (phone, number) => {
      const { id } = await calls.register(number, { code: WITH_PAIRS });
      await phone.invited();
      const { port } = phone.rtp;
      phone.reply(200, "OK", { sdp: sdp({ port }) });
      await phone.acknowledged();
      phone.rtp.talkTo(phone.peer.address, phone.peer.port);
      const answer = await phone.request("INVITE", { sdp: sdp({ port, version: 2, events: null }) });
      expect(statusOf(answer)).to.equal(200);
      await calls.happened(id, "listening");
      await phone.rtp.say(dtmfTones(WITH_PAIRS));
      await phone.hungUpOn();
      expect(await calls.ended(id)).to.include({ status: "verified", code_entries: 1 });
    }));

  it("hears no telephone events, which it has not offered, and notes that they came", async () => {
    const { phone, number } = await calls.phone("answers");
    const { id } = await calls.register(number, { code: WITH_PAIRS });
    await phone.answered();
    await calls.happened(id, "listening");
    await phone.press(WITH_PAIRS);
    await phone.hungUpOn(90_000);
    const result = await calls.ended(id);
    expect(result).to.include({ status: "failed", reason: "no_input" });
    expect(result.attempts[0]?.note).to.equal("keys_in_unknown_payload");
  });
});
