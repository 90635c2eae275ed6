import { expect } from "chai";
import { CallMetrics } from "../../src/metrics/call-metrics.js";
import { HttpMetrics } from "../../src/metrics/http-metrics.js";
import { MetricsRegistry } from "../../src/metrics/metrics-registry.js";
import { VerificationMetrics } from "../../src/metrics/verification-metrics.js";
import { type CallEvent, createCallEvents } from "../../src/telephony/call-events.js";
import { samplesOf } from "./scrape.js";

const OF = {
  verificationId: "v",
  clientId: "c",
  attemptId: "a",
  direction: "outbound",
  trunk: "trunk",
} as const;
const END = { kind: "ended", outcome: "failed", q850Cause: null } as const;

describe("labels of series", () => {
  let registry: MetricsRegistry;
  const labelsOf = async (name: string): Promise<unknown[]> =>
    samplesOf(await registry.text())
      .filter((sample) => sample.name === name && sample.value > 0)
      .map(({ labels }) => labels);

  beforeEach(() => {
    registry = new MetricsRegistry();
  });

  it("name no trunk that the settings do not have, and no SIP status that nobody knows", async () => {
    const events = createCallEvents();
    new CallMetrics(registry, ["trunk"]).listen(events);
    const tell = (event: CallEvent): unknown => events.emit("call", event);
    tell({ ...OF, ...END, sipStatus: 503 });
    tell({ ...OF, ...END, sipStatus: 499, trunk: "anonymous-17", attemptId: "b" });
    tell({ ...OF, ...END, sipStatus: null, trunk: null, attemptId: "c" });
    expect(await labelsOf("honnin_sip_refusals_total")).to.deep.equal([
      { trunk: "trunk", status: "503" },
      { trunk: "other", status: "4xx" },
    ]);
    const trunks = (await labelsOf("honnin_call_attempts_total")) as { trunk: string }[];
    expect(trunks.map(({ trunk }) => trunk)).to.deep.equal(["trunk", "other", "none"]);
  });

  it("take a method, a code and a word of the outbox only where they are known", async () => {
    const http = new HttpMetrics(registry);
    http.onApi({ method: "PROPFIND", route: null, status: null, refusal: "made_up", ms: 1 });
    expect(await labelsOf("honnin_http_requests_total")).to.deep.equal([
      { listener: "api", method: "other", route: "none", status: "gone" },
    ]);
    expect(await labelsOf("honnin_http_refusals_total")).to.deep.equal([{ code: "other" }]);
    const event = { seq: 1, clientId: "c", text: "" };
    new VerificationMetrics(registry).told([
      { ...event, type: "verification.failed", data: { status: "failed", reason: "a new one" } },
    ]);
    expect(await labelsOf("honnin_verifications_ended_total")).to.deep.equal([
      { status: "failed", reason: "other" },
    ]);
  });
});
