import { expect } from "chai";
import { CallService } from "../calls/call-service.js";
import { freeUdpPort } from "../phones/ports.js";
import { header } from "../phones/sip-message.js";
import { Kamailio } from "../support/kamailio.js";
import { hostOf } from "./stage.js";

const CODE = "271828";
const DID = "0312340000";
const NODE = hostOf(1);

describe("a service whose trunk is Kamailio", function () {
  this.timeout(240_000);
  let calls: CallService;
  let kamailio: Kamailio;

  before(async () => {
    const [port, sipPort] = [await freeUdpPort(), await freeUdpPort()];
    calls = await CallService.start({
      HONNIN_SIP_HOST: NODE,
      HONNIN_SIP_PORT: String(sipPort),
      HONNIN_TRUNK_URI: `sip:127.0.0.1:${String(port)}`,
      HONNIN_DIDS: DID,
    });
    const node = `sip:${NODE}:${String(sipPort)}`;
    const trunks = [`sip:127.0.0.1:${String(calls.carrier.port)}`];
    kamailio = await Kamailio.start({ port, nodes: [node], trunks });
    // Its telephones call and are called by Kamailio.
    calls.carrier.linkTo(port);
    await kamailio.reaches(node, "AP");
  });
  after(async () => {
    await calls.stop();
    await kamailio.stop();
  });

  it("a person is called by it, keys the code and is verified; the voice goes past it", async () => {
    const { phone, number } = await calls.phone("answers");
    const { id } = await calls.register(number, { code: CODE });
    await phone.answered();
    await calls.happened(id, "listening");
    await phone.press(CODE);
    await phone.hungUpOn();
    expect(await calls.ended(id), phone.story()).to.include({ status: "verified", code_entries: 1 });
    const [invite] = calls.carrier.invitesTo(number);
    expect(header(invite!, "From")).to.match(/^(<|.*<)sip:0312345678@/);
    expect(header(invite!, "Record-Route")).to.include(`127.0.0.1:${String(kamailio.port)}`);
    expect(invite?.body).to.include(`c=IN IP4 ${NODE}`);
  });

  it("a person calls by it: the asserted number proves the caller, the DID is known, both are recorded", async () => {
    const number = calls.newNumber();
    const { id } = await calls.register(number, { code: CODE, direction: "inbound", did: DID });
    const asserted = `+81${number.slice(1)}`;
    const headers = { "P-Asserted-Identity": `<sip:${asserted}@ims.example.jp;user=phone>` };
    const phone = await calls.caller("calls", { to: DID, from: number, headers });
    await phone.answered();
    await calls.happened(id, "listening");
    await phone.press(CODE);
    await phone.hungUpOn();
    const result = await calls.ended(id);
    expect(result, phone.story()).to.include({ status: "verified", code_entries: 1 });
    expect(result.attempts[0]?.caller_evidence).to.deep.include({
      from: `sip:${number}@127.0.0.1`,
      p_asserted_identity: `sip:${asserted}@ims.example.jp`,
      agree: true,
      trunk: "trunk",
    });
  });
});
