import { expect } from "chai";
import { finalStatus } from "../asterisk/sip-request.js";
import { reply, SipPeer } from "../asterisk/sip-peer.js";
import { FieldPhone } from "../phones/field-phone.js";
import { freeUdpPort } from "../phones/ports.js";
import { sdp } from "../phones/sdp.js";
import { header, type SipMessage, statusOf } from "../phones/sip-message.js";
import type { CallService } from "./call-service.js";
import { serviceWithTrunks, withTrunks } from "./listed-trunks.js";

const CODE = "482913";
const DID = "0312340000";
/** To somebody who is no trunk of ours. */
const WHO_ARE_YOU = 401;

describe("what a trunk asks for on a call that comes in", function () {
  this.timeout(240_000);
  let calls: CallService;
  let stop: () => Promise<void>;

  before(async () => {
    const trunk = {
      ...{ name: "a", uri: "sip:127.0.0.1:9", addresses: ["127.0.7.0/24"] },
      ...{ reliable_provisional: "on", session_timers: "on" },
    };
    ({ calls, stop } = await serviceWithTrunks([trunk], {
      ...{ HONNIN_DIDS: DID, HONNIN_ANSWER_INBOUND: "false" },
    }));
    await calls.configure("test", { demand_evidence: "none" });
  });
  after(async () => {
    expect(await calls.openChannels()).to.deep.equal([]);
    await stop();
  });

  async function calling(
    play: (phone: FieldPhone, number: string, id: string) => Promise<void>,
    judgeBye: (bye: SipMessage, phone: FieldPhone) => void = () => undefined,
  ): Promise<void> {
    const phone = await FieldPhone.open(calls.service.sipPort);
    try {
      const number = calls.newNumber();
      const { id } = await calls.register(number, { code: CODE, direction: "inbound", did: DID });
      await play(phone, number, id);
      await phone.rtp.heard.speech();
      phone.rtp.talkTo(phone.peer.address, phone.peer.port);
      await phone.rtp.press(CODE);
      judgeBye(await phone.hungUpOn(), phone);
      expect(await calls.ended(id), phone.story()).to.include({ status: "verified", code_entries: 1 });
    } finally {
      await phone.close();
    }
  }

  it("a session timer of 300 s that the caller keeps: agreed to, and each refresh is answered likewise", () =>
    calling(async (phone, number) => {
      const timer = { Supported: "timer", "Session-Expires": "300;refresher=uac", "Min-SE": "300" };
      const description = (version: number): string => sdp({ port: phone.rtp.port, version });
      const answer = await phone.call(DID, number, { headers: timer, sdp: description(1) });
      const refreshes = [
        await phone.request("UPDATE", { headers: timer }),
        await phone.request("INVITE", { headers: timer, sdp: description(1) }),
      ];
      for (const agreed of [answer, ...refreshes]) {
        expect(statusOf(agreed), phone.story()).to.equal(200);
        expect(header(agreed, "Require")).to.match(/\btimer\b/);
        expect(header(agreed, "Session-Expires")).to.equal("300;refresher=uac");
      }
    }));

  // Nothing comes before the answer, so nothing has to be acknowledged (RFC 3262 section 3).
  it("100rel required: not refused (420), but answered at once", () =>
    calling(async (phone, number) => {
      const headers = { Require: "100rel", Supported: "100rel" };
      const answer = await phone.call(DID, number, { headers, sdp: sdp({ port: phone.rtp.port }) });
      expect(statusOf(answer), phone.story()).to.equal(200);
      expect(header(answer, "Allow")).to.match(/(?=.*\bPRACK\b)(?=.*\bUPDATE\b)/);
    }));

  it("Record-Route: the answer has it, and our hang-up goes by it", () => {
    const route = (phone: FieldPhone): string => `<sip:127.0.0.1:${phone.port};lr;ours=yes>`;
    return calling(
      async (phone, number) => {
        const headers = { "Record-Route": route(phone) };
        const answer = await phone.call(DID, number, { headers, sdp: sdp({ port: phone.rtp.port }) });
        expect(header(answer, "Record-Route"), phone.story()).to.equal(route(phone));
      },
      (bye, phone) => expect(header(bye, "Route")).to.equal(route(phone)),
    );
  });

  it("compact header names, and two values in one folded P-Asserted-Identity: the number is known", async () => {
    const identity = (number: string): readonly string[] => [
      `P-Asserted-Identity: <sip:${number}@carrier.example;user=phone>,`,
      ` <tel:${number};phone-context=+81>`,
    ];
    for (const compact of [false, true]) {
      const caller = calls.newNumber();
      const { id } = await calls.register(caller, { direction: "inbound", did: DID, method: "caller_id" });
      const from = { from: "127.0.7.1", caller: "anonymous-gateway", called: DID, compact } as const;
      const lines = [identity(caller).join("\r\n"), "Supported: timer,100rel"];
      await finalStatus({ method: "INVITE", port: calls.service.sipPort, lines, ...from });
      const { status, attempts } = await calls.ended(id);
      expect([status, attempts[0]?.trunk], String(compact)).to.deep.equal(["verified", "a"]);
    }
  });

  it("a network in `addresses`: whoever calls from it is the trunk, and from beside it nobody", async () => {
    const called = async (from: string): Promise<[number, string | null | undefined]> => {
      const caller = calls.newNumber();
      const { id } = await calls.register(caller, { direction: "inbound", did: DID, method: "caller_id" });
      const lines = [`P-Asserted-Identity: <sip:${caller}@carrier.example>`];
      const port = calls.service.sipPort;
      const status = await finalStatus({ method: "INVITE", from, caller, called: DID, port, lines });
      return [status, (await calls.result(id)).attempts[0]?.trunk];
    };
    expect(await called("127.0.8.1")).to.deep.equal([WHO_ARE_YOU, undefined]);
    for (const from of ["127.0.7.1", "127.0.7.254"]) {
      const [status, trunk] = await called(from);
      expect(trunk, `${from}: ${String(status)}`).to.equal("a");
    }
  });
});

describe("a trunk that refuses what comes from another port than the one that is announced", function () {
  this.timeout(180_000);

  it("refuses nothing: REGISTER, OPTIONS and INVITE leave from the port of Via and Contact", async () => {
    const sipPort = await freeUdpPort();
    await using trunk = await SipPeer.start((request, from) => {
      if (from.port !== sipPort) return reply(request, "403 Forbidden");
      return reply(request, request.startsWith("INVITE ") ? "486 Busy Here" : "200 OK");
    }, "127.0.6.1");
    const line = { register: "true", username: "line-1", password: "trunk-password", qualify_seconds: "10" };
    await withTrunks(
      [{ name: "a", uri: trunk.uri, ...line }],
      async (calls) => {
        for (const method of ["REGISTER", "OPTIONS"]) await trunk.request(method);
        const { id } = await calls.register(calls.newNumber());
        expect(await calls.ended(id)).to.include({ reason: "busy" });
        const announced = new RegExp(
          `^Via: SIP/2\\.0/UDP 127\\.0\\.0\\.1:${String(sipPort)}[^]*^Contact: .*@127\\.0\\.0\\.1:${String(sipPort)}`,
          "m",
        );
        for (const method of ["REGISTER", "OPTIONS", "INVITE"])
          expect(await trunk.request(method), method).to.match(announced);
      },
      { HONNIN_SIP_PORT: String(sipPort) },
    );
  });
});
