import { expect } from "chai";

import { Stories } from "../calls/stories.js";
import { keyFaults } from "./key-faults.js";
import { KeyLab } from "./key-lab.js";
import { ODD_MANNERS } from "./odd-manners.js";

/** One key six times among them, and keys that are told again only after others. */
const KEYS = "55555511*80808899";

const stories = new Stories<KeyLab>();

for (const way of ODD_MANNERS) {
  stories.tell(`${way.name}: each key counts once`, async (lab) => {
    const keys = KEYS.slice(0, way.keysAtMost);
    const { presses, timeline } = await lab.keyed(way, keys);
    expect(keyFaults(keys, presses), `${presses} of ${timeline}`).to.deep.equal({
      sent: keys.length,
      lost: 0,
      doubled: 0,
      wrong: 0,
    });
  });
}

describe("keys in the manners of the field, through the real Asterisk", function () {
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
