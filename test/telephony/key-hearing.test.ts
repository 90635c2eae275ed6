import { expect } from "chai";

import { KeyHearing } from "../../src/telephony/key-hearing.js";

interface Circumstances {
  /** The digits of the INFO requests that were overheard. */
  readonly byInfo?: string;
  readonly ours?: boolean;
  /** When each was told: all 160 ms long. */
  readonly everyMs?: number;
}

async function heard(
  digits: string,
  { byInfo = "", ours = true, everyMs = 400 }: Circumstances = {},
): Promise<string> {
  let presses = "";
  const requests = Array.from(byInfo);
  const hearing = new KeyHearing({
    source: { trusted: false, ask: () => Promise.resolve(ours) },
    overheard: {
      cameByInfo: (callId, digit) => {
        expect(callId).to.equal("c@host");
        return requests.splice(requests.includes(digit) ? requests.indexOf(digit) : Infinity, 1).length > 0;
      },
    },
    onPress: (digit) => (presses += digit),
  });
  Array.from(digits, (digit, nth) => {
    hearing.onEvent({
      type: "ChannelDtmfReceived",
      channel: {
        id: "c",
        name: "PJSIP/c",
        state: "Up",
        caller: { name: "", number: "" },
        protocol_id: "c@host",
      },
      digit,
      duration_ms: 160,
      timestamp: new Date(1_000 + nth * everyMs).toISOString().replace("Z", "+0000"),
    });
  });
  await hearing.settled();
  return presses;
}

describe("hearing keys", () => {
  it("tells of each press once and in order, by the time that Asterisk has stamped on it", async () => {
    expect(await heard("55615")).to.equal("55615");
  });

  it("tells once of a key that came with the voice and by SIP INFO", async () => {
    expect(await heard("556611", { byInfo: "561", everyMs: 100 })).to.equal("561");
  });

  it("counts keys by SIP INFO each, however quick they are", async () => {
    expect(await heard("5565", { byInfo: "5565", everyMs: 46 })).to.equal("5565");
  });

  it("counts none of a stranger's, and asks nobody whose a SIP request was", async () => {
    expect(await heard("556", { ours: false })).to.equal("");
    expect(await heard("556", { ours: false, byInfo: "55" })).to.equal("55");
  });
});
