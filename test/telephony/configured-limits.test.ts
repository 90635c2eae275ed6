import { expect } from "chai";
import { loadConfig } from "../../src/config.js";
import { PROJECT_DIR } from "../../src/project-dir.js";
import { HANGUP_GRACE_MS } from "../../src/telephony/line.js";
import { callLimits } from "../../src/telephony/configured-limits.js";
import { costOfCall } from "../../src/verification/call-price.js";

describe("the limits as they are configured", () => {
  it("have a call charged for the step of time in which it is hung up, though it was let last to the end", () => {
    const perMinute = { perCall: 0, perStep: 16_000, stepSeconds: 60 };
    const prices = { fixed: perMinute, mobile: perMinute, ip: perMinute, unknown: perMinute };
    const config = loadConfig({ HONNIN_MAX_CONVERSATION_SECONDS: "180" }, PROJECT_DIR);
    const { longestCallMs } = callLimits(config, prices, 18_000);
    const whole = costOfCall(perMinute, 180_000 + HANGUP_GRACE_MS);
    expect(costOfCall(perMinute, longestCallMs), "16 yen more than three minutes cost").to.equal(whole);
  });
});
