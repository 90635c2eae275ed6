import { expect } from "chai";
import type { AriConnection } from "../../src/ari/connection.js";
import { openConnection } from "../../src/ari/connector.js";
import { prepareAsterisk, type TestAsterisk } from "../asterisk/running-asterisk.js";
import { freeUdpPort } from "../phones/ports.js";
import { PATIENCE_MS } from "../phones/waiting.js";
import { hostOf, Stage } from "./stage.js";

const DID = "0312340000";

describe("Kamailio and a node whose Asterisk lives while its Honnin is gone", function () {
  this.timeout(240_000);
  let asterisk: TestAsterisk;
  let stage: Stage;
  let ari: AriConnection | undefined;

  beforeEach(() => {
    stage = new Stage();
  });
  afterEach(async () => {
    await ari?.close();
    ari = undefined;
    await stage.close();
    await asterisk[Symbol.asyncDispose]();
  });

  /** Node 1 is that Asterisk, by its address or by what tells whether Honnin is there; node 2 takes calls. */
  async function opened(user: "" | "r@"): Promise<{ alone: string; calls: () => readonly string[] }> {
    const [port, second] = [await freeUdpPort(), await stage.node(2, "node-answers")];
    asterisk = await prepareAsterisk({
      ...{ sipHost: hostOf(1), dids: [DID], hasOthers: true },
      trunks: [{ name: "trunk", uri: `sip:127.0.0.1:${String(port)}` }],
    });
    await asterisk.asterisk.start();
    const alone = `sip:${user}${hostOf(1)}:${String(asterisk.asterisk.sipPort)}`;
    await stage.open({
      port,
      nodes: [alone, second.uri],
      trunks: [`sip:127.0.0.1:${String(await freeUdpPort())}`],
    });
    await stage.kamailio.reaches(second.uri, "AP");
    return { alone, calls: () => second.calls };
  }

  it("passes its calls on: nobody hears an apology", async () => {
    const { alone, calls } = await opened("");
    await stage.kamailio.reaches(alone, "AP");
    for (let nth = 0; nth < 2; nth += 1) {
      const caller = await stage.caller("calls", { values: { to: DID } });
      await caller.done();
    }
    expect(calls()).to.have.lengthOf(2);
    expect(await stage.kamailio.log()).to.match(/did not take call .*: 503/);
  });

  it("gives it no calls where it is asked by OPTIONS to the user r, before Honnin is there again", async () => {
    const { alone } = await opened("r@");
    await stage.kamailio.reaches(alone, "IP");
    const { ariUrl: url, ariUsername: username, ariPassword: password } = asterisk.asterisk;
    ari = openConnection("websocket", { url, username, password, application: "honnin" });
    await ari.ready(PATIENCE_MS);
    await stage.kamailio.reaches(alone, "AP");
    await ari.close();
    await stage.kamailio.reaches(alone, "IP");
  });
});
