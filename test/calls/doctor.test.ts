import { expect } from "chai";
import { callsGroup } from "../../src/cli/doctor/calls-group.js";
import { usageGroup } from "../../src/cli/doctor/usage-group.js";
import type { Finding } from "../../src/cli/doctor/examine.js";
import { found, ids } from "../doctor/found.js";
import type { FieldPhone } from "../phones/field-phone.js";
import { sdp } from "../phones/sdp.js";
import { PATIENCE_MS, poll } from "../phones/waiting.js";
import { CallService } from "./call-service.js";

const CODE = "482913";
/** So few tell something; see the group. */
const TALKS = 4;

describe("honnin doctor, on calls that were made", () => {
  let calls: CallService;

  beforeEach(async () => {
    calls = await CallService.start({ HONNIN_DIDS: "0312340000", HONNIN_FIRST_KEY_SECONDS: "2" });
  });
  afterEach(() => calls.stop());

  const look = (): Promise<readonly Finding[]> => found(callsGroup, calls.dataDir);

  /** Answers, speaks, and hears what is said. */
  async function answer(phone: FieldPhone): Promise<void> {
    await phone.invited();
    phone.reply(200, "OK", { sdp: sdp({ port: phone.rtp.port }) });
    await phone.acknowledged();
    phone.rtp.talkTo(phone.peer.address, phone.peer.port);
    await phone.rtp.heard.speech();
  }

  it("finds each way in which a trunk fails, by its answer", async () => {
    const seen: string[] = [];
    for (const [status, id] of [
      [407, "calls-want-credentials"],
      [403, "calls-forbidden"],
      [503, "calls-without-line"],
      [488, "calls-without-codec"],
      [500, "calls-failed-by-trunk"],
      [608, "calls-screened"],
    ] as const) {
      await calls.withFieldPhone(async (phone, number) => {
        const { id: verification } = await calls.register(number);
        await phone.invited();
        const challenge = { "Proxy-Authenticate": 'Digest realm="carrier", nonce="1", algorithm=MD5' };
        phone.reply(status, "No", status === 407 ? { headers: challenge } : {});
        await calls.ended(verification);
      });
      seen.push(id);
      const findings = await look();
      expect(ids(findings)).to.have.members(seen);
      expect(findings.find((one) => one.id === id)?.seen).to.contain(`SIP ${String(status)}`);
    }
  });

  it("finds that the trunk does not answer", async () => {
    await calls.withFieldPhone(async (_phone, number) => {
      const { id } = await calls.register(number);
      // Nothing at all comes: not even 100.
      await calls.ended(id);
    });
    expect(ids(await look())).to.deep.equal(["calls-unanswered-by-trunk"]);
  });

  it("finds that calls were cut off by a stop of the service", async () => {
    await calls.withFieldPhone(async (phone, number) => {
      await calls.register(number);
      await answer(phone);
      await calls.down(0);
      await calls.up();
    });
    expect(ids(await look())).to.deep.equal(["calls-interrupted"]);
  });

  it("finds that callers come whose numbers nobody vouches for", async () => {
    const number = calls.newNumber();
    await calls.register(number, { direction: "inbound", method: "caller_id", did: "0312340000" });
    const caller = await calls.caller("calls-and-is-refused", {
      to: "0312340000",
      from: number,
      refusal: 603,
    });
    await caller.done();
    await poll(async () => (await look()).length > 0, PATIENCE_MS, "the end of the call");
    expect(ids(await look())).to.deep.equal(["callers-not-proved"]);
  });

  it("finds that keys come in a payload that was not agreed upon", async () => {
    const { phone, number } = await calls.phone("answers");
    const { id } = await calls.register(number, { code: CODE });
    await phone.answered();
    await calls.happened(id, "listening");
    await phone.press(CODE, { payloadType: 96 });
    await phone.hungUpOn(90_000);
    await calls.ended(id);
    expect(ids(await look())).to.deep.equal(["keys-in-unknown-payload"]);
  });

  it("finds that no key is ever heard, where people listen to the end", async () => {
    const listening = (): Promise<void> =>
      calls.withFieldPhone(async (phone, number) => {
        const { id } = await calls.register(number, { code: CODE });
        await answer(phone);
        await phone.hungUpOn();
        await calls.ended(id);
      });
    await Promise.all(Array.from({ length: TALKS }, listening));
    expect(ids(await look())).to.deep.equal(["keys-never-heard"]);
  });

  it("finds that nothing is heard, where people hang up within seconds", async () => {
    for (let nth = 0; nth < TALKS; nth += 1) {
      await calls.withFieldPhone(async (phone, number) => {
        const { id } = await calls.register(number, { code: CODE });
        await answer(phone);
        await phone.request("BYE");
        await calls.ended(id);
      });
    }
    expect(ids(await look())).to.deep.equal(["voice-not-heard"]);
  });

  it("finds that a client has registered all that it may in a day", async () => {
    await calls.register(calls.newNumber(), { direction: "inbound", did: "0312340000" });
    const env = { HONNIN_MAX_REGISTRATIONS_PER_DAY: "1" };
    expect(ids(await found(usageGroup, calls.dataDir, env))).to.include("registrations-used-up");
  });
});
