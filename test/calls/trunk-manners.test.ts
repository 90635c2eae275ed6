import { expect } from "chai";
import { finalStatus } from "../asterisk/sip-request.js";
import { reply, SipPeer } from "../asterisk/sip-peer.js";
import type { CallService } from "./call-service.js";
import { withTrunks } from "./listed-trunks.js";

const CALLED = "09012345678";

/** The INVITE that a trunk of this configuration gets. */
async function inviteOf(
  trunk: Readonly<Record<string, unknown>>,
  { host = "127.0.5.1", env = {} }: { host?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  await using peer = await SipPeer.start((request) => reply(request, "486 Busy Here"), host);
  await withTrunks([{ name: "a", uri: peer.uri, ...trunk }], (calls) => busy(calls), env);
  return peer.requests.find((text) => text.startsWith("INVITE ")) ?? expect.fail("no INVITE");
}

async function busy(calls: CallService): Promise<void> {
  const { id } = await calls.register(CALLED);
  const { attempts } = await calls.ended(id);
  expect(attempts[0]).to.include({ outcome: "busy", trunk: "a" });
}

describe("what leaves us on a call by a trunk", function () {
  this.timeout(180_000);

  it("as nothing else was said: the number shown in From, and in no other header", async () => {
    const invite = await inviteOf({});
    expect(invite).to.match(new RegExp(`^INVITE sip:${CALLED}@127\\.0\\.5\\.1:`));
    expect(invite).to.match(/^From: .*<sip:0312345678@127\.0\.0\.1>/m);
    expect(invite).to.match(/^m=audio \d+ RTP\/AVP 0 8 101\r$/m);
    expect(invite).not.to.match(
      /^(P-Asserted-Identity|P-Preferred-Identity|Remote-Party-ID|Privacy|Require):/m,
    );
    expect(invite).to.match(/^Via: [^\r]*;rport/m);
  });

  it("Remote-Party-ID with a format of its own, Privacy: id, and what is required", async () => {
    const invite = await inviteOf({
      ...{
        identity: "remote-party-id",
        identity_format: "e164",
        privacy: "id",
        from_format: "e164_without_plus",
      },
      ...{ reliable_provisional: "required", session_timers: "required", session_seconds: "300" },
      ...{ codecs: ["alaw"], dtmf: "info", from_domain: "carrier.example" },
    });
    expect(invite).to.match(/^From: .*<sip:81312345678@carrier\.example>/m);
    expect(invite).to.match(/^Remote-Party-ID: <sip:\+81312345678@carrier\.example>;party=calling/m);
    expect(invite).to.match(/^Privacy: id\r$/m);
    expect(invite).to.match(/^Require: (?=.*100rel)(?=.*timer)/m);
    expect(invite).to.match(/^Session-Expires: 300/m);
    expect(invite)
      .to.match(/^m=audio \d+ RTP\/AVP 8\r$/m)
      .and.to.match(/^a=ptime:20\r$/m);
  });

  it("session timers and reliable answers off: neither is offered", async () => {
    const invite = await inviteOf({ session_timers: "off", reliable_provisional: "off" });
    expect(invite).not.to.match(/^Supported: .*(timer|100rel)/m);
  });

  it("by IPv6: SIP and voice have our address of that kind", async () => {
    const invite = await inviteOf({}, { host: "::1", env: { HONNIN_SIP_HOST_V6: "::1" } });
    expect(invite).to.match(new RegExp(`^INVITE sip:${CALLED}@\\[::1\\]:`));
    expect(invite).to.match(/^Via: SIP\/2\.0\/UDP \[::1\]:/m);
    expect(invite).to.match(/^c=IN IP6 ::1\r$/m);
  });

  it("a call that comes in by IPv6 is its trunk's, and its DID is read where that trunk puts it", async () => {
    await using peer = await SipPeer.start(() => null, "127.0.5.2");
    const trunks = [
      { name: "six", uri: "sip:[::1]:5999" },
      { name: "alert", uri: peer.uri, did_from: ["alert-info"] },
    ];
    const env = { HONNIN_SIP_HOST_V6: "::1", HONNIN_DIDS: "0312345678", HONNIN_ANSWER_INBOUND: "false" };
    await withTrunks(
      trunks,
      async (calls) => {
        const called = async (from: string, lines: readonly string[]): Promise<unknown[]> => {
          const number = calls.newNumber();
          const { id } = await calls.register(number, { direction: "inbound", method: "caller_id" });
          const asserted = `P-Asserted-Identity: <sip:${number}@carrier.example>`;
          const status = await finalStatus({
            ...({
              method: "INVITE",
              from,
              caller: number,
              called: "0312345678",
              port: calls.service.sipPort,
            } as const),
            lines: [asserted, ...lines],
          });
          return [status, (await calls.result(id)).attempts[0]?.trunk];
        };
        expect(await called("127.0.5.2", [])).to.deep.equal([404, undefined]);
        expect(await called("127.0.5.2", ["Alert-Info: 0312345678"])).to.deep.equal([486, "alert"]);
        expect(await called("::1", [])).to.deep.equal([486, "six"]);
      },
      env,
    );
  });
});
