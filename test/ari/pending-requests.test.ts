import { expect } from "chai";
import { AriLinkDownError, AriRequestError, AriTimeoutError } from "../../src/ari/errors.js";
import type { RestResponse } from "../../src/ari/messages.js";
import { PendingRequests } from "../../src/ari/pending-requests.js";
import { rejectionOf } from "./rejection-of.js";

function response(requestId: string, status: number, body?: string): RestResponse {
  const answer = {
    type: "RESTResponse" as const,
    request_id: requestId,
    status_code: status,
    reason_phrase: `status ${status}`,
  };
  return body === undefined ? answer : { ...answer, message_body: body };
}

describe("a request that waits for its answer", () => {
  let ids: string[];
  let pending: PendingRequests;
  const note = (id: string): void => {
    ids.push(id);
  };

  beforeEach(() => {
    ids = [];
    pending = new PendingRequests(10_000);
  });

  afterEach(() => {
    // Nothing may be left behind: each has a timer that would keep the process alive.
    expect(pending.size).to.equal(0);
  });

  it("resolves with the body of its own answer, whichever comes first", async () => {
    const first = pending.add("GET", "channels", note);
    const second = pending.add("GET", "channels", note);
    expect(ids[0]).not.to.equal(ids[1]);
    expect(pending.settle(response(ids[1]!, 200, "two"))).to.be.true;
    expect(pending.settle(response(ids[0]!, 204))).to.be.true;
    expect(await second).to.equal("two");
    expect(await first).to.be.undefined;
  });

  it("rejects with the status when Asterisk refuses", async () => {
    const request = pending.add("POST", "channels/play", note);
    pending.settle(response(ids[0]!, 409));
    const error = await rejectionOf(request);
    expect(error).to.be.instanceOf(AriRequestError);
    expect(error).to.include({ code: "ari_request_failed", status: 409 });
    expect(String(error)).to.contain("POST channels/play");
  });

  it("rejects at its deadline, and its late answer is nobody's", async () => {
    pending = new PendingRequests(20);
    const error = await rejectionOf(pending.add("GET", "channels", note));
    expect(error).to.be.instanceOf(AriTimeoutError);
    expect(error).to.include({ code: "ari_timeout" });
    expect(pending.settle(response(ids[0]!, 200))).to.be.false;
  });

  it("rejects when the link breaks, with all the others", async () => {
    const requests = [pending.add("GET", "channels", note), pending.add("DELETE", "playbacks", note)];
    pending.rejectAll("the link broke");
    for (const request of requests) {
      const error = await rejectionOf(request);
      expect(error).to.be.instanceOf(AriLinkDownError);
      expect(error).to.include({ code: "ari_link_down" });
    }
    expect(pending.settle(response(ids[0]!, 200))).to.be.false;
  });

  it("rejects when it cannot even be sent", async () => {
    const broken = new AriLinkDownError("the socket is closing");
    const request = pending.add("GET", "channels", () => {
      throw broken;
    });
    expect(await rejectionOf(request)).to.equal(broken);
  });

  it("ends once: a second answer is nobody's", async () => {
    const request = pending.add("GET", "channels", note);
    pending.settle(response(ids[0]!, 200, "[]"));
    expect(pending.settle(response(ids[0]!, 500))).to.be.false;
    expect(await request).to.equal("[]");
  });
});
