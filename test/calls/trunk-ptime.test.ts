import { expect } from "chai";
import type { FieldPhone } from "../phones/field-phone.js";
import { sdp } from "../phones/sdp.js";
import { statusOf } from "../phones/sip-message.js";
import type { CallService } from "./call-service.js";
import { withFieldTrunk } from "./field-trunk.js";

const CODE = "482913";
const DID = "0312340000";
const BYTES_PER_MS = 8;

/** Milliseconds in the packets that arrived, but for the last of a prompt, which may be shorter. */
function lengths({ rtp }: FieldPhone): number[] {
  const all = rtp.heard.packets.map(({ bytes }) => bytes.length / BYTES_PER_MS);
  return [...new Set(all)].filter((ms) => all.filter((other) => other === ms).length > all.length / 4);
}

async function keyTheCode(calls: CallService, phone: FieldPhone, id: string): Promise<void> {
  await phone.rtp.heard.speech();
  phone.rtp.talkTo(phone.peer.address, phone.peer.port);
  await phone.rtp.press(CODE);
  await phone.hungUpOn();
  await phone.rtp.catchUp();
  expect(await calls.ended(id)).to.include({ status: "verified", code_entries: 1 });
}

/** What our offer says of packets, and how long those were that came, at a trunk that asks for `theirs`. */
async function called(
  trunk: Readonly<Record<string, unknown>>,
  theirs: number,
): Promise<{ offered: string[]; sent: number[] }> {
  let offered: string[] = [];
  let sent: number[] = [];
  await withFieldTrunk(trunk, async (calls, phone) => {
    const { id } = await calls.register(calls.newNumber(), { code: CODE });
    const invite = await phone.invited();
    expect(invite.body).to.match(/^m=audio \d+ RTP\/AVP 0 8 101\r$/m);
    offered = [...invite.body.matchAll(/^a=((?:max)?ptime:\d+)\r$/gm)].map(([, line = ""]) => line);
    phone.reply(200, "OK", { sdp: sdp({ port: phone.rtp.port, ptime: theirs }) });
    await phone.acknowledged();
    await keyTheCode(calls, phone, id);
    sent = lengths(phone);
  });
  return { offered, sent };
}

describe("milliseconds in a packet, as `ptime` of a trunk says", function () {
  this.timeout(180_000);

  it("where nothing is set: 20 is offered and sent, whatever the trunk asks for", async () => {
    expect(await called({}, 30)).to.deep.equal({ offered: ["ptime:20", "maxptime:140"], sent: [20] });
  });

  it("30: asked for, and a trunk that asks for it too gets packets of 30", async () => {
    const expected = { offered: ["ptime:30", "maxptime:140"], sent: [30] };
    expect(await called({ ptime: "30" }, 30)).to.deep.equal(expected);
  });

  it("40, to a trunk that asks for 10: ours is asked for, and its own is followed", async () => {
    const expected = { offered: ["ptime:40", "maxptime:140"], sent: [10] };
    expect(await called({ ptime: "40" }, 10)).to.deep.equal(expected);
  });

  it("a call that comes in is answered with what it asks for, and gets that", async () => {
    const env = { HONNIN_DIDS: DID };
    await withFieldTrunk(
      { ptime: "20" },
      async (calls, phone) => {
        await calls.configure("test", { demand_evidence: "none" });
        const number = calls.newNumber();
        const { id } = await calls.register(number, { code: CODE, direction: "inbound", did: DID });
        const answer = await phone.call(DID, number, { sdp: sdp({ port: phone.rtp.port, ptime: 30 }) });
        expect(statusOf(answer)).to.equal(200);
        expect(answer.body).to.match(/^a=ptime:30\r$/m);
        await keyTheCode(calls, phone, id);
        expect(lengths(phone)).to.deep.equal([30]);
      },
      env,
    );
  });
});
