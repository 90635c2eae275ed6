import { expect } from "chai";
import { Linphone } from "../phones/linphone.js";
import { fetched } from "../phones/programs.js";
import { expectGuidance } from "../phones/recorded-prompts.js";
import { tempDir } from "../support/temp-dir.js";
import { CallService } from "./call-service.js";
import { childProcesses } from "./child-processes.js";

const CODE = "482913";
const DID = "0312340000";

/** Keys one after the other, each when the one before has come: linphonec tells nobody when it has sent one. */
async function key(calls: CallService, phone: Linphone, id: string): Promise<void> {
  for (const [at, digit] of [...CODE].entries()) {
    await phone.press(digit);
    await calls.happened(id, "key", { nth: at + 1 });
  }
}

describe("a softphone of another make (Linphone)", function () {
  this.timeout(300_000);
  let calls: CallService;
  let dir: Awaited<ReturnType<typeof tempDir>>;

  before(async () => {
    calls = await CallService.start({ HONNIN_DIDS: DID });
  });
  beforeEach(async () => {
    dir = await tempDir();
  });
  afterEach(() => dir.remove());
  after(async () => {
    await calls.stop();
    expect(childProcesses()).to.deep.equal([]);
  });

  async function phoneAt(number: string): Promise<Linphone> {
    return Linphone.start({ component: await fetched("linphone"), workDir: dir.path, number });
  }

  it("answers: the guidance is heard, the keys count", async () => {
    const number = calls.newNumber();
    await using phone = await phoneAt(number);
    calls.carrier.connect(number, phone.port);
    const { id } = await calls.register(number, { code: CODE });
    await calls.happened(id, "listening");
    await key(calls, phone, id);
    expect(await calls.ended(id), phone.log).to.include({ status: "verified", code_entries: 1 });
    await phone.printed(/Call \d+ .* ended/);
    await expectGuidance(await phone.recorded(), calls.sounds, calls.saidTo(id));
  });

  it("calls: the number that it shows is the one that is waited for, the keys count", async () => {
    const number = calls.newNumber();
    await using phone = await phoneAt(number);
    const { id } = await calls.register(number, { direction: "inbound", code: CODE });
    await phone.call(`sip:${DID}@127.0.0.1:${String(calls.carrier.port)}`);
    await calls.happened(id, "listening");
    await key(calls, phone, id);
    const result = await calls.ended(id);
    expect(result, phone.log).to.include({ status: "verified", code_entries: 1 });
    expect(result.attempts[0]?.caller_evidence).to.include({ from: `sip:${number}@127.0.0.1` });
    await phone.printed(/Call \d+ .* ended/);
    await expectGuidance(await phone.recorded(), calls.sounds, calls.saidTo(id));
  });
});
