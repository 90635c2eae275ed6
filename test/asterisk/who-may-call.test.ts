import { expect } from "chai";
import { openConnection } from "../../src/ari/connector.js";
import { PATIENCE_MS, poll } from "../phones/waiting.js";
import { finalStatus, type SipRequest } from "./sip-request.js";
import { prepareAsterisk, type TestAsterisk } from "./running-asterisk.js";

const TRUNK = "127.0.0.1";
const STRANGER = "127.0.0.2";
/** As the settings name them, beside the address of the trunk's URI. */
const [SECOND, OF_NETWORK] = ["127.0.0.3", "127.0.1.77"];

describe("who may call in", () => {
  let own: TestAsterisk;
  before(async () => {
    own = await prepareAsterisk({
      trunks: [{ name: "trunk", uri: "sip:127.0.0.1:5070", addresses: [SECOND, "127.0.1.64/26"] }],
    });
    await own.asterisk.start();
  });
  after(() => own[Symbol.asyncDispose]());

  const invite = (request: Partial<SipRequest>): Promise<number> =>
    finalStatus({
      method: "INVITE",
      from: TRUNK,
      caller: "09012345678",
      called: "0312345678",
      port: own.asterisk.sipPort,
      ...request,
    });

  it("the trunk, from whatever port, at a DID: it hears at least the apology when nobody listens", async () => {
    expect(await invite({})).to.equal(200);
  });

  it("the trunk, at a DID in E.164", async () => {
    expect(await invite({ called: "+81312345678" })).to.equal(200);
  });

  it("the trunk at no number but our DIDs: 503, for whether another header names one only Honnin knows", async () => {
    expect(await invite({ called: "09012345678" })).to.equal(503);
    expect(await invite({ called: "1001" })).to.equal(503);
    expect(await invite({ requestUri: `sip:127.0.0.1:${String(own.asterisk.sipPort)}` })).to.equal(503);
  });

  it("a test telephone's DID with a caller in it is none from the trunk", async () => {
    expect(await invite({ called: "0312345678*09012345678" })).to.equal(503);
  });

  it("the trunk from its other addresses, one by one or of a network", async () => {
    expect(await invite({ from: SECOND })).to.equal(200);
    expect(await invite({ from: OF_NETWORK })).to.equal(200);
    expect(await invite({ from: "127.0.1.63" }), "beside the network").to.equal(401);
  });

  it("OPTIONS to the user r: 404 while nobody is linked to Asterisk, 200 while somebody is", async () => {
    const { sipPort, ariUrl: url, ariUsername: username, ariPassword: password } = own.asterisk;
    const asked = (called: string): Promise<number> =>
      finalStatus({ method: "OPTIONS", from: TRUNK, caller: "proxy", called, port: sipPort });
    expect([await asked("r"), await asked("0312345678")]).to.deep.equal([404, 200]);
    const ari = openConnection("websocket", { url, username, password, application: "honnin" });
    await ari.ready(PATIENCE_MS);
    expect(await asked("r")).to.equal(200);
    await ari.close();
    await poll(async () => (await asked("r")) === 404, PATIENCE_MS, "the context to be gone");
  });

  it("no stranger: 401", async () => {
    expect(await invite({ from: STRANGER })).to.equal(401);
  });

  it("no stranger who says he is the trunk: 401", async () => {
    expect(await invite({ from: STRANGER, caller: "trunk" })).to.equal(401);
  });

  it("no test telephone without its password: 401, from the trunk's own address too", async () => {
    expect(await invite({ from: STRANGER, caller: "1001" })).to.equal(401);
    expect(await invite({ caller: "1001" })).to.equal(401);
  });

  it("where other nodes are there, 503 and no apology", async () => {
    const { ariUrl: url, ariUsername: username, ariPassword: password } = own.asterisk;
    const ari = openConnection("websocket", { url, username, password, application: "honnin" });
    await ari.ready(PATIENCE_MS);
    await ari.setGlobalVariable("HONNIN_OTHERS", "yes");
    await ari.close();
    await poll(async () => (await invite({})) === 503, PATIENCE_MS, "the call to be refused");
    expect(await invite({ called: "+81312345678" })).to.equal(503);
  });
});
