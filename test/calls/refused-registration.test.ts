import { expect } from "chai";
import { reply, SipPeer } from "../asterisk/sip-peer.js";
import { poll } from "../phones/waiting.js";
import { CallService } from "./call-service.js";

describe("a trunk that refuses our registration", function () {
  this.timeout(120_000);

  it("leaves the service ready, with a warning by name, and its answer in the log", async () => {
    await using trunk = await SipPeer.start((request) => reply(request, "403 Forbidden"));
    const calls = await CallService.start({
      HONNIN_TRUNK_URI: trunk.uri,
      HONNIN_TRUNK_USERNAME: "line-1",
      HONNIN_TRUNK_PASSWORD: "trunk-password",
      HONNIN_TRUNK_REGISTER: "true",
    });
    try {
      const ready = async (): Promise<{ status: number; body: Readonly<Record<string, unknown>> }> => {
        const response = await fetch(`http://127.0.0.1:${calls.service.opsPort}/health/ready`);
        return { status: response.status, body: (await response.json()) as Record<string, unknown> };
      };
      await poll(async () => JSON.stringify(await ready()).includes("trunk_"), 60_000, "the warning");
      const { status, body } = await ready();
      expect(status).to.equal(200);
      expect(body).to.deep.include({
        status: "ready",
        troubles: [],
        warnings: ["trunk_registration_refused"],
      });
      expect(calls.logged)
        .to.contain("trunk trunk refuses our registration (403)")
        .and.not.contain("trunk-password");
    } finally {
      await calls.stop();
    }
  });
});
