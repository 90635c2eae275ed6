import { expect } from "chai";
import { RequestOrder } from "../../src/ari/ari-client/request-order.js";

describe("the order of requests", () => {
  it("lets a request wait for those asked before in its lanes, and for no others", async () => {
    const order = new RequestOrder();
    let endPlay: () => void = () => undefined;
    const play = new Promise<void>((resolve) => {
      endPlay = resolve;
    });
    expect(order.before(["call-1", "playback-1"])).to.be.undefined;
    order.enter(["call-1", "playback-1"], play);
    expect(order.before(["call-2"])).to.be.undefined;
    const stop = order.before(["playback-1"]);
    const hangUp = order.before(["call-1"]);
    endPlay();
    await Promise.all([stop, hangUp]);
  });

  it("goes on after a request that failed, and keeps nothing of what has ended", async () => {
    const order = new RequestOrder();
    order.enter(["call-1"], Promise.reject(new Error("refused")));
    order.enter(["call-1"], Promise.resolve());
    await order.before(["call-1"]);
    await Promise.resolve();
    expect(order.size).to.equal(0);
  });
});
