import { expect } from "chai";
import { challenge, reply, responseFor, SipPeer } from "../asterisk/sip-peer.js";
import { CallService } from "./call-service.js";

const PASSWORD = "trunk-password";

describe("a trunk that asks who calls, and knows no digest but SHA-256", function () {
  this.timeout(120_000);

  it("gets the INVITE again with one, by the user of the digest, and the call goes on", async () => {
    await using trunk = await SipPeer.start((request) => {
      if (!request.startsWith("INVITE ")) return null;
      return request.includes("Proxy-Authorization: ")
        ? reply(request, "486 Busy Here")
        : challenge(request, "SHA-256");
    });
    const calls = await CallService.start({
      HONNIN_TRUNK_URI: trunk.uri,
      HONNIN_TRUNK_USERNAME: "7",
      HONNIN_TRUNK_AUTH_USERNAME: "0007",
      HONNIN_TRUNK_PASSWORD: PASSWORD,
      HONNIN_CALLER_NUMBER: "7",
    });
    try {
      const { id } = await calls.register(calls.newNumber());
      const result = await calls.ended(id);
      expect(result).to.include({ status: "failed", reason: "busy" });
      expect(result.attempts[0]).to.include({ outcome: "busy", sip_status: 486 });
      const digest = await trunk.digest();
      expect(digest).to.include({ username: "0007", algorithm: "SHA-256" });
      expect(digest["response"]).to.equal(responseFor("INVITE", digest, "sha256", PASSWORD));
      expect(trunk.requests[0], "an extension of a gateway shows itself").to.match(/^From: .*<sip:7@/m);
    } finally {
      await calls.stop();
    }
  });
});
