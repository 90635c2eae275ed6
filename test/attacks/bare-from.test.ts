import { expect } from "chai";
import { CallService, type Result } from "../calls/call-service.js";
import { Stories } from "../calls/stories.js";
import type { SippPhone } from "../phones/sipp.js";
import { figure } from "./figures.js";

const CODE = "271828";
const PIN = "8265";
const WRONG = "0000";
const DID = "0312340000";

interface Stage {
  readonly calls: CallService;
}

const stories = new Stories<Stage>();
const story = stories.tell.bind(stories);

const asserted = (number: string): Readonly<Record<string, string>> => ({
  "P-Asserted-Identity": `<sip:${number}@127.0.0.1>`,
});

/** Refused as busy: unanswered, so free. */
async function busy(
  calls: CallService,
  from: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const phone = await calls.caller("calls-and-is-refused", { to: DID, from, refusal: 486, headers });
  expect((await phone.done()).exitCode, phone.story()).to.equal(0);
}

/** Answered; resolves when something is heard. */
async function answered(
  calls: CallService,
  from: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<SippPhone> {
  const phone = await calls.caller("calls", { to: DID, from, headers });
  await phone.answered();
  await phone.heard.speech();
  return phone;
}

async function verificationsOf(calls: CallService, number: string): Promise<Result[]> {
  return (await calls.api.get(`/v1/verifications?phone_number=${number}`)).json["data"] as Result[];
}

async function enroll(calls: CallService, number: string, pin?: string): Promise<string> {
  const { json } = await calls.api.post("/v1/enrollments", {
    phone_number: number,
    ...(pin === undefined ? {} : { pin }),
  });
  return String(json["id"]);
}

story(
  "caller_id: a From that anybody may write proves nothing; what the trunk asserts does",
  async ({ calls }) => {
    const number = calls.newNumber();
    const { id } = await calls.register(number, { direction: "inbound", method: "caller_id" });
    await busy(calls, number);
    const between = await calls.ended(id);
    figure("caller_id by a bare From, nothing set", between.status);
    expect(between).to.include({ status: "pending", reason: null });
    expect(between.attempts[0]).to.include({ outcome: "rejected", answered_at: null });
    expect(calls.carrier.invitesTo(number), "nobody is called back").to.deep.equal([]);
    const phone = await answered(calls, number, asserted(number));
    await phone.hungUpOn(60_000);
    expect(await calls.ended(id, { calls: 2 })).to.include({ status: "verified" });
  },
);

story("an enrollment without a PIN: the same", async ({ calls }) => {
  const number = calls.newNumber();
  const enrollment = await enroll(calls, number);
  await busy(calls, number);
  const [made] = await verificationsOf(calls, number);
  figure("a call of an enrolled number by a bare From, nothing set", made?.status ?? "none");
  expect(made).to.include({ status: "pending", enrollment_id: enrollment });
  const phone = await answered(calls, number, asserted(number));
  await phone.hungUpOn(60_000);
  expect(await calls.ended(made?.id ?? "", { calls: 2 })).to.include({ status: "verified" });
});

story("the trunk found the identity that it asserts to be wrong: the same", async ({ calls }) => {
  const number = calls.newNumber();
  const { id } = await calls.register(number, { direction: "inbound", method: "caller_id" });
  const failed = `<sip:${number}@127.0.0.1;verstat=TN-Validation-Failed>`;
  await busy(calls, number, { "P-Asserted-Identity": failed });
  expect(await calls.ended(id)).to.include({ status: "pending" });
});

story("an administrator who says so has From taken for proof", async ({ calls }) => {
  const api = await calls.newClient("trusting", { dids: ["+81312340001"], demand_evidence: "none" });
  const number = calls.newNumber();
  const body = { direction: "inbound", method: "caller_id" };
  const { id } = await calls.register(number, body, api);
  const phone = await calls.caller("calls", { to: "0312340001", from: number });
  await phone.hungUpOn(60_000);
  expect(await calls.ended(id, { api })).to.include({ status: "verified" });
});

story(
  "wrong PINs of a forged caller: the next is not heard, and the person is called back",
  async ({ calls }) => {
    const { phone: own, number } = await calls.phone("answers");
    const enrollment = await enroll(calls, number, PIN);
    const forged = await answered(calls, number);
    const [first] = await verificationsOf(calls, number);
    for (const nth of [1, 2, 3]) {
      await forged.press(WRONG);
      await calls.happened(first?.id ?? "", "ruled", { nth });
    }
    await forged.hungUpOn(60_000);
    expect(await calls.ended(first?.id ?? "")).to.include({ status: "failed", reason: "wrong_code" });
    await busy(calls, number);
    const [next] = await verificationsOf(calls, number);
    await own.answered();
    await own.heard.speech();
    await own.press(PIN);
    await own.hungUpOn(60_000);
    const result = await calls.ended(next?.id ?? "", { calls: 2 });
    expect(result).to.include({ status: "verified", enrollment_id: enrollment, code_entries: 1 });
    expect(calls.saidTo(result.id)).to.match(/call-back-greeting ask-pin enrolled-verified goodbye$/);
  },
);

story(
  "after wrong codes of a forged caller the person is verified by a proved call, and when called",
  async ({ calls }) => {
    const { phone: own, number } = await calls.phone("answers");
    const { id } = await calls.register(number, { direction: "inbound", code: CODE });
    const forged = await answered(calls, number);
    for (const nth of [1, 2, 3]) {
      await forged.press("000000");
      await calls.happened(id, "ruled", { nth });
    }
    await forged.hungUpOn(60_000);
    const { id: proved } = await calls.register(number, { direction: "inbound", code: CODE });
    const caller = await answered(calls, number, asserted(number));
    await caller.press(CODE);
    await caller.hungUpOn(60_000);
    expect(await calls.ended(proved)).to.include({ status: "verified" });
    const { id: outbound } = await calls.register(number, { code: CODE });
    await own.answered();
    await own.heard.speech();
    await own.press(CODE);
    await own.hungUpOn(60_000);
    expect(await calls.ended(outbound)).to.include({ status: "verified" });
  },
);

describe("callers who write a number into From, through the real Asterisk", function () {
  this.timeout(300_000);
  let calls: CallService | undefined;

  before(async () => {
    calls = await CallService.start({ HONNIN_DIDS: `${DID},0312340001`, HONNIN_FIRST_KEY_SECONDS: "20" });
    stories.playOn({ calls });
  });

  stories.report();

  after(async () => {
    await stories.over();
    await calls?.stop();
  });
});
