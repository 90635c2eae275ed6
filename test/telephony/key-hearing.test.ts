import { expect } from "chai";

import { KeyHearing } from "../../src/telephony/key-hearing.js";
import { type LineKey, lineKey } from "../../src/telephony/line-notice.js";
import type { Beginning } from "../../src/verification/told-key.js";

interface Circumstances {
  /** The digits of the INFO requests that were overheard. */
  readonly byInfo?: string;
  /** How many times one asks for a request before any was overheard. */
  readonly late?: number;
  readonly ours?: boolean;
  /** What was told of the beginning of each; nothing when not given. */
  readonly beginnings?: readonly (Beginning | undefined)[];
  /** When each was told: all 160 ms long. */
  readonly everyMs?: number;
}

/** As Asterisk tells of a key. @param at when it ended, epoch milliseconds. */
function told(digit: string, at: number): LineKey {
  return lineKey({
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
    timestamp: new Date(at).toISOString().replace("Z", "+0000"),
  });
}

async function heard(
  digits: string,
  { byInfo = "", late = 0, ours = true, everyMs = 400, beginnings = [] }: Circumstances = {},
): Promise<string> {
  let presses = "";
  const requests = Array.from(byInfo);
  let asked = 0;
  let nth = 0;
  const hearing = new KeyHearing({
    source: { trusted: false, ask: () => Promise.resolve(ours) },
    overheard: {
      cameByInfo: (callId, digit) => {
        expect(callId).to.equal("c@host");
        asked += 1;
        if (asked <= late) return false;
        return requests.splice(requests.includes(digit) ? requests.indexOf(digit) : Infinity, 1).length > 0;
      },
      beginningOf: (channel, digit, durationMs) => {
        expect([channel, digit, durationMs]).to.deep.equal(["PJSIP/c", digits[nth], 160]);
        nth += 1;
        return Promise.resolve(beginnings[nth - 1]);
      },
    },
    onPress: (digit) => (presses += digit),
    onTrouble: (error) => {
      throw error;
    },
  });
  Array.from(digits, (digit, place) => {
    hearing.onKey(told(digit, 1_000 + place * everyMs));
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

  for (const [which, late] of [
    ["the first key", 1],
    ["both keys", 2],
  ] as const) {
    it(`counts two keys alike by SIP INFO where the copy of ${which} comes after it was told`, async () => {
      expect(await heard("55", { byInfo: "55", late, everyMs: 46 })).to.equal("55");
    });
  }

  it("tells once of a key that came with the voice and by SIP INFO where the copy comes late", async () => {
    expect(await heard("5566", { byInfo: "56", late: 2, everyMs: 46 })).to.equal("56");
  });

  it("counts both of two that come at once where the beginning of each was told, from the first key on", async () => {
    const beginnings = ["told", "told", "told", "told"] as const;
    expect(await heard("5566", { beginnings, everyMs: 0 })).to.equal("5566");
  });

  it("counts one where the end came again, and no beginning", async () => {
    const beginnings = ["told", "untold", "told", "overtaken"] as const;
    expect(await heard("5566", { beginnings, everyMs: 45 })).to.equal("56");
  });

  it("says of a press that it may be the one before, where no beginning is told", async () => {
    const doubts: boolean[] = [];
    const hearing = new KeyHearing({
      source: { trusted: true, ask: () => Promise.resolve(true) },
      overheard: undefined,
      onPress: (_, doubtful) => doubts.push(doubtful),
      onTrouble: (error) => {
        throw error;
      },
    });
    for (const [digit, at] of [
      ["5", 1_000],
      ["6", 1_400],
      ["6", 1_446],
    ] as const)
      hearing.onKey(told(digit, at));
    await hearing.settled();
    expect(doubts).to.deep.equal([false, false, true]);
  });

  it("counts none of a stranger's, and asks nobody whose a SIP request was", async () => {
    expect(await heard("556", { ours: false })).to.equal("");
    expect(await heard("556", { ours: false, byInfo: "55" })).to.equal("55");
  });

  it("hears the next key when one could not be taken, and tells of that", async () => {
    let presses = "";
    const troubles: unknown[] = [];
    const hearing = new KeyHearing({
      source: { trusted: true, ask: () => Promise.resolve(true) },
      overheard: undefined,
      onPress: (digit) => {
        if (digit === "5") throw new Error("of our own making");
        presses += digit;
      },
      onTrouble: (error) => troubles.push(error),
    });
    for (const digit of "56") hearing.onKey(told(digit, 1_000));
    await hearing.settled();
    hearing.onKey(told("7", 2_000));
    await hearing.settled();
    expect(presses).to.equal("67");
    expect(troubles.map(String)).to.deep.equal(["Error: of our own making"]);
  });
});
