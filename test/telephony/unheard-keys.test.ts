import { expect } from "chai";

import type { ReceivedRtp } from "../../src/ari/connection.js";
import { UnheardKeys } from "../../src/telephony/unheard-keys.js";

/** So many packets of voice (20 ms of G.711) and telephone events. */
function rtp(voice: number, events: number): ReceivedRtp {
  return { packets: voice + events, octets: voice * 160 + events * 4 };
}

/** How often it is noted, where this had arrived at the answer and that ten seconds later. */
async function noted(before: ReceivedRtp | null, then: ReceivedRtp | null, heard = false): Promise<number> {
  let [now, notes] = [0, 0];
  const answers = [before, then, then];
  const unheard = new UnheardKeys(
    {
      ari: { receivedRtp: () => Promise.resolve(answers.shift() ?? null) },
      channelId: "c",
      onFound: () => {
        notes += 1;
        return Promise.resolve();
      },
    },
    () => now,
  );
  if (heard) unheard.heard();
  now = 10_000;
  unheard.look();
  unheard.look();
  await unheard.looked();
  return notes;
}

describe("keys that nobody understands", () => {
  it("are noted once where telephone events arrived and no key was heard", async () => {
    expect(await noted(rtp(0, 0), rtp(0, 48))).to.equal(1);
    expect(await noted(rtp(20, 0), rtp(450, 48))).to.equal(1);
    expect(await noted(null, rtp(450, 48))).to.equal(1);
  });

  it("are none where a key was heard, where there was voice alone, and where Asterisk does not say", async () => {
    expect(await noted(rtp(0, 0), rtp(0, 48), true)).to.equal(0);
    expect(await noted(rtp(0, 0), rtp(500, 0))).to.equal(0);
    expect(await noted(rtp(0, 0), null)).to.equal(0);
  });

  it("are none where they were pressed before the answer", async () => {
    expect(await noted(rtp(0, 48), rtp(0, 48))).to.equal(0);
    expect(await noted(rtp(0, 48), rtp(500, 48))).to.equal(0);
  });
});
