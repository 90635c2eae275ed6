import { expect } from "chai";
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ariAnswers } from "../../src/asterisk/ari-readiness.js";

describe("the look whether ARI answers", () => {
  it("ends in vain where nothing ever answers, whatever the garbage collector does meanwhile", async () => {
    const silent = createServer();
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    const asked = once(silent, "connection");
    const { port } = silent.address() as AddressInfo;
    const answer = ariAnswers({ port, username: "u", password: "p" }, new AbortController().signal);
    const [socket] = (await asked) as [Socket];
    await once(socket, "data");
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    for (let turns = 0; turns < 5; turns++) {
      collect();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await answer).to.be.false;
    socket.destroy();
    silent.close();
  });
});
