import { expect } from "chai";

import { Stories } from "../calls/stories.js";
import { DISTORTIONS } from "./distortions.js";
import { keyFaults } from "./key-faults.js";
import { KeyLab } from "./key-lab.js";

/** Three codes: equal keys at once from the first on, none equal, all equal. */
const KEYS = "113355482913111111";

const stories = new Stories<KeyLab>();

for (const way of DISTORTIONS) {
  stories.tell(`${way.name}: each key counts once`, async (lab) => {
    const { presses, timeline } = await lab.keyed(way, KEYS);
    expect(keyFaults(KEYS, presses), `${presses} of ${timeline}`).to.deep.equal({
      sent: KEYS.length,
      lost: 0,
      doubled: 0,
      wrong: 0,
    });
  });
}

describe("keys that a network has distorted, through the real Asterisk", function () {
  this.timeout(240_000);
  let lab: KeyLab;

  before(async () => {
    lab = await KeyLab.start();
    stories.playOn(lab);
  });

  stories.report();

  it("name no key in the log", async () => {
    const logged = await lab.logged();
    expect(logged, "it has lines").to.include("Asterisk Ready");
    expect(logged).not.to.include("DTMF");
  });

  after(async () => {
    await stories.over();
    await lab.stop();
  });
});
