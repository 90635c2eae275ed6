import { expect } from "chai";

import { Stories } from "../calls/stories.js";
import { dtmfTones } from "../phones/dtmf-tones.js";
import { readPrompts } from "../phones/prompt-index.js";
import { keyFaults, sumOfFaults } from "./key-faults.js";
import { KeyLab, randomKeys } from "./key-lab.js";
import { KEY_WAYS } from "./key-ways.js";

/** Two hundred a way here; `npm run bench -- keys` presses ten thousand. */
const CALLS = 2;
const KEYS_A_CALL = 100;
const WITHOUT_EVENTS = "answers-and-keys-by-sip-info";

const stories = new Stories<KeyLab>();

for (const way of KEY_WAYS) {
  stories.tell(`${way.name}: none is lost, none doubled`, async (lab) => {
    const calls = Array.from({ length: CALLS }, async () => {
      const keys = randomKeys(KEYS_A_CALL);
      const { told, presses } = await lab.keyed(way, keys);
      return { told: keyFaults(keys, told), presses: keyFaults(keys, presses) };
    });
    const faults = await Promise.all(calls);
    const none = { sent: CALLS * KEYS_A_CALL, lost: 0, doubled: 0, wrong: 0 };
    expect(sumOfFaults(faults.map(({ told }) => told)), "what Asterisk told").to.deep.equal(none);
    expect(sumOfFaults(faults.map(({ presses }) => presses)), "the presses").to.deep.equal(none);
  });
}

stories.tell("tones in the sound are no keys where telephone events were agreed upon", async (lab) => {
  const keys = await lab.call("answers-at-once", async (phone, heard) => {
    await phone.say(dtmfTones("5555"));
    await phone.press("#");
    return heard((all) => all.endsWith("#"));
  });
  expect(keys).to.equal("#");
});

stories.tell("our own guidance, come back as an echo, holds no keys", async (lab) => {
  const guidance = readPrompts("ulaw").filter(({ id }) => /^(ask-code|greeting|wrong-code)$/.test(id));
  const keys = await lab.call(WITHOUT_EVENTS, async (phone, heard) => {
    for (const { bytes } of guidance) await phone.say(bytes);
    await phone.say(dtmfTones("#"));
    return heard((all) => all.endsWith("#"));
  });
  expect(keys).to.equal("#");
});

describe("keys through the real Asterisk", function () {
  this.timeout(240_000);
  let lab: KeyLab;

  before(async () => {
    lab = await KeyLab.start();
    stories.playOn(lab);
  });

  stories.report();

  after(async () => {
    await stories.over();
    await lab.stop();
  });
});
