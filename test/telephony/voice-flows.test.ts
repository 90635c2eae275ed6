import { expect } from "chai";

import { holdsEvents, voiceFlows } from "../../src/telephony/voice-flows.js";

/** So many packets of voice (20 ms of G.711), telephone events, and comfort noise. */
function received(voice: number, events = 0, noise = 0): { packets: number; octets: number } {
  return { packets: voice + events + noise, octets: voice * 160 + events * 4 + noise };
}

const CALL_MS = 120_000;

describe("what arrived on a call", () => {
  it("holds no events when it is nothing, or whole packets of voice", () => {
    expect(holdsEvents(received(0), CALL_MS)).to.equal(false);
    expect(holdsEvents(received(5_000), CALL_MS)).to.equal(false);
    expect(holdsEvents({ packets: 100, octets: 24_000 }, CALL_MS), "30 ms").to.equal(false);
    expect(holdsEvents({ packets: 100, octets: 8_000 }, CALL_MS), "10 ms").to.equal(false);
  });

  it("holds events when one lies among thousands of packets of voice, or it is nothing else", () => {
    expect(holdsEvents(received(6_000, 1), CALL_MS)).to.equal(true);
    expect(holdsEvents(received(0, 48), CALL_MS)).to.equal(true);
  });

  it("holds none for certain where comfort noise can be meant", () => {
    expect(holdsEvents(received(200, 0, 40), 20_000)).to.equal(false);
    expect(holdsEvents(received(200, 40), 20_000)).to.equal(false);
  });

  it("is voice that flows when there is half a call of it, and no short burst", () => {
    expect(voiceFlows(received(500), 10_000)).to.equal(true);
    expect(voiceFlows(received(250), 10_000)).to.equal(true);
    expect(voiceFlows(received(100, 48), 10_000), "two seconds of ten").to.equal(false);
    expect(voiceFlows(received(0, 48), 500), "keys alone").to.equal(false);
    expect(voiceFlows(received(40), 1_000), "just answered").to.equal(true);
  });
});
