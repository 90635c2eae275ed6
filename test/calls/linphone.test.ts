import { expect } from "chai";
import { Linphone } from "../phones/linphone.js";
import { linphoneProgram } from "../phones/programs.js";
import { expectGuidance } from "../phones/recorded-prompts.js";
import { tempDir } from "../support/temp-dir.js";
import { CallService } from "./call-service.js";

const CODE = "482913";
const DID = "0312340000";

describe("a softphone of another make (linphone)", function () {
  this.timeout(300_000);
  let calls: CallService;
  let dir: Awaited<ReturnType<typeof tempDir>>;

  before(async () => {
    dir = await tempDir();
    calls = await CallService.start({ HONNIN_DIDS: DID });
    await calls.configure("test", { demand_evidence: "none" });
  });
  after(async () => {
    expect(await calls.openChannels()).to.deep.equal([]);
    await calls.stop();
    await dir.remove();
  });

  async function withPhone(play: (phone: Linphone, number: string) => Promise<void>): Promise<void> {
    const number = calls.newNumber();
    const phone = await Linphone.start(await linphoneProgram(), number, `${dir.path}/${number}`);
    calls.carrier.connect(number, phone.port);
    try {
      await play(phone, number);
    } finally {
      await phone[Symbol.asyncDispose]();
    }
  }

  /** Keys the code and hears what comes of it. */
  async function keyTheCode(phone: Linphone, id: string): Promise<void> {
    await phone.talking();
    await calls.happened(id, "listening");
    for (const [at, key] of [...CODE].entries()) {
      await phone.press(key);
      await calls.happened(id, "key", { nth: at + 1 });
    }
    await phone.ended();
    expect(await calls.ended(id), phone.log).to.include({ status: "verified", code_entries: 1 });
    await phone[Symbol.asyncDispose]();
    await expectGuidance(phone.recording, calls.sounds, calls.saidTo(id));
  }

  it("is called: it hears the guidance, its keys count, the verification ends verified", () =>
    withPhone(async (phone, number) => {
      const { id } = await calls.register(number, { code: CODE });
      await keyTheCode(phone, id);
    }));

  it("calls a DID: the same", () =>
    withPhone(async (phone, number) => {
      const { id } = await calls.register(number, { code: CODE, direction: "inbound", did: DID });
      await phone.call(`sip:${DID}@127.0.0.1:${String(calls.carrier.port)}`);
      await keyTheCode(phone, id);
    }));
});
