import { expect } from "chai";
import { CallService } from "./call-service.js";

const CODE = "482913";
const DID = "0312340000";

type Line = Readonly<Record<string, unknown>>;

describe("the log of a service", () => {
  let calls: CallService;

  before(async () => {
    calls = await CallService.start({ HONNIN_DIDS: DID });
  });
  after(() => calls.stop());

  const lines = (): Line[] =>
    calls.logged
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Line);

  it("has call, verification, client and trunk on each line of a call, whoever called and however it ended", async () => {
    const { phone, number } = await calls.phone("answers");
    const out = await calls.register(number, { code: CODE });
    await phone.answered();
    await calls.happened(out.id, "listening");
    await phone.press("1".repeat(CODE.length));
    await calls.happened(out.id, "ruled");
    await phone.press(CODE, { payloadType: 96 });
    await phone.hungUpOn(90_000);
    await calls.ended(out.id);

    const refused = calls.newNumber();
    calls.carrier.reply(refused, 503, "Service Unavailable");
    const failed = await calls.register(refused);
    await calls.ended(failed.id);

    const caller = calls.newNumber();
    const inbound = await calls.register(caller, { code: CODE, direction: "inbound", did: DID });
    const calling = await calls.caller("calls", { to: DID, from: caller });
    await calling.answered();
    await calling.heard.speech();
    await calling.press(CODE);
    await calling.hungUpOn();
    await calls.ended(inbound.id);

    const all = lines();
    for (const { id } of [out, failed, inbound]) {
      const { attempts } = await calls.result(id);
      const [call = ""] = attempts.map((attempt) => attempt.id);
      const of = all.filter(
        (line) => JSON.stringify(line).includes(id) || JSON.stringify(line).includes(call),
      );
      expect(of.length, id).to.be.greaterThan(0);
      for (const line of of)
        expect(line, JSON.stringify(line)).to.include({
          call,
          verification: id,
          client: "cli_test",
          trunk: "trunk",
        });
    }
  });
});
