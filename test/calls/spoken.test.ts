import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { AnsweringScenario } from "../phones/scenario.js";
import type { SippPhone } from "../phones/sipp.js";
import type { Answer } from "../support/https-client.js";
import { CallService, type Result } from "./call-service.js";
import { childProcesses } from "./child-processes.js";
import { gateKey, spelledAfter, timesHeard } from "./spoken-listening.js";
import { Stories } from "./stories.js";

const CODE = "271828";
const WRONG = "000000";
/** Capital and small letters and a digit. */
const PASSWORD = "aB3x";
/** Takes longer to read, twice, than {@link SHORT_LIFE_S}. */
const LONG_PASSWORD = "aBcDeFgHiJkLmNoPaBcDeFgHiJkLmNoP";

/** Time enough for the call, its greeting and the gate (11 s) on a machine that has much else to do. */
const SHORT_LIFE_S = 45;

const stories = new Stories<CallService>();
const story = stories.tell.bind(stories);

/** Rings a telephone that answers; resolves when it has heard the greeting begin. */
async function answeredCall(
  calls: CallService,
  body: Readonly<Record<string, unknown>> = {},
  scenario: AnsweringScenario = "answers",
): Promise<{ phone: SippPhone; id: string; number: string }> {
  const { phone, number } = await calls.phone(scenario);
  const { id } = await calls.register(number, { method: "spoken", code: CODE, ...body });
  await phone.answered();
  await phone.heard.speech();
  return { phone, id, number };
}

async function passGate(calls: CallService, phone: SippPhone, id: string, nthCall = 1): Promise<void> {
  await phone.press(await gateKey(calls, phone, id, { nthCall }));
}

/** Waits until this prompt is being played on a call of the verification. */
async function untilSaid(calls: CallService, id: string, prompt: string, times = 1): Promise<void> {
  for (let nth = 1; calls.saidTo(id).split(prompt).length <= times; nth++) {
    await calls.happened(id, "said", { nth, ms: 120_000 });
  }
}

const check = (calls: CallService, id: string, code: string): Promise<Answer> =>
  calls.api.post(`/v1/verifications/${id}/check`, { code });

/** The end of a call that was answered and that we hung up. */
async function hungUpByUs(calls: CallService, phone: SippPhone, id: string, nth = 1): Promise<Result> {
  await phone.hungUpOn();
  const result = await calls.ended(id, { calls: nth });
  expect((await phone.done()).exitCode, phone.story()).to.equal(0);
  expect(result.attempts[nth - 1]).to.include({ outcome: "answered", sip_status: null, q850_cause: 16 });
  return result;
}

const CODE_SPELLED = [...CODE].map((digit) => `digit-${digit}`).join(" ");

story("read and checked: heard twice, open after the call, verified by the check", async (calls) => {
  const { phone, id } = await answeredCall(calls);
  await passGate(calls, phone, id);
  const after = await hungUpByUs(calls, phone, id);
  expect(after).to.include({ status: "pending", reason: null, code_entries: 0 });
  expect(await spelledAfter(phone, "spoken-intro")).to.equal(CODE_SPELLED);
  expect(await spelledAfter(phone, "spoken-again")).to.equal(CODE_SPELLED);
  expect(calls.saidTo(id)).to.equal(
    "silence-start company-name spoken-greeting human-gate spoken-intro spoken-again spoken-repeat-offer spoken-done goodbye",
  );
  const { status, json } = await check(calls, id, "２７１ ８２８");
  expect(status).to.equal(200);
  expect(json).to.include({ status: "verified", reason: null, code_entries: 1 });
  expect((await calls.result(id)).attempts, "no further call").to.have.length(1);
});

story("checked right while the voice reads: it stops and says goodbye", async (calls) => {
  const { phone, id } = await answeredCall(calls);
  expect((await check(calls, id, CODE)).json, "before the gate").to.include({ code: "check_too_early" });
  await passGate(calls, phone, id);
  await untilSaid(calls, id, "spoken-intro");
  expect((await check(calls, id, CODE)).json).to.include({ status: "verified", code_entries: 1 });
  expect(await hungUpByUs(calls, phone, id)).to.include({ status: "verified" });
  expect(calls.saidTo(id)).to.match(/human-gate spoken-intro goodbye$/);
  expect(await timesHeard(phone, "goodbye")).to.equal(1);
});

story("wrong, then right: counted, then verified", async (calls) => {
  const { phone, id } = await answeredCall(calls);
  await passGate(calls, phone, id);
  await untilSaid(calls, id, "spoken-intro");
  expect((await check(calls, id, WRONG)).json).to.include({ status: "in_progress", code_entries: 1 });
  expect((await check(calls, id, CODE)).json).to.include({ status: "verified", code_entries: 2 });
  await hungUpByUs(calls, phone, id);
});

story("three wrong checks: failed with wrong_code, and the person on the line is told", async (calls) => {
  const { phone, id } = await answeredCall(calls);
  await passGate(calls, phone, id);
  await untilSaid(calls, id, "spoken-intro");
  for (const code_entries of [1, 2, 3]) {
    const { status, json } = await check(calls, id, WRONG);
    expect(status).to.equal(200);
    expect(json).to.include({ code_entries });
  }
  expect((await check(calls, id, CODE)).json).to.include({ code: "verification_ended" });
  const result = await hungUpByUs(calls, phone, id);
  expect(result).to.include({ status: "failed", reason: "wrong_code", code_entries: 3 });
  expect(calls.saidTo(id)).to.match(/spoken-intro failed goodbye$/);
});

story("a voicemail that takes the call never hears the code: no_input", async (calls) => {
  const { phone, id } = await answeredCall(calls, { code: "xyzw" });
  const result = await hungUpByUs(calls, phone, id);
  expect(result).to.include({ status: "failed", reason: "no_input", code_entries: 0 });
  expect(await timesHeard(phone, "human-gate")).to.equal(3);
  expect(await timesHeard(phone, "spoken-intro")).to.equal(0);
  for (const letter of "xyzw") expect(await timesHeard(phone, `letter-${letter}`), letter).to.equal(0);
  expect(calls.saidTo(id)).to.match(/human-gate human-gate human-gate no-input-final goodbye$/);
  expect((await check(calls, id, "xyzw")).json).to.include({ code: "verification_ended" });
});

story("a machine that plays keys never hears the code: no_input", async (calls) => {
  const { phone, id } = await answeredCall(calls, { code: "xyzw", max_call_attempts: 2 });
  const right = await gateKey(calls, phone, id);
  const others = [..."123456789"].filter((key) => key !== right);
  // The right one comes last in each burst: too late for an answer, one question is one answer.
  for (const nth of [1, 2, 3]) {
    await calls.happened(id, "listening", { nth });
    await phone.press(nth < 3 ? `${others.slice(0, 2).join("")}${right}` : (others[0] ?? ""));
  }
  const result = await hungUpByUs(calls, phone, id);
  expect(result).to.include({ status: "failed", reason: "no_input" });
  expect(result.attempts, "a decision is not redialled").to.have.length(1);
  expect(await timesHeard(phone, "spoken-intro")).to.equal(0);
});

story("key 1 after the offer: read once more, and offered again", async (calls) => {
  const { phone, id } = await answeredCall(calls);
  await passGate(calls, phone, id);
  await untilSaid(calls, id, "spoken-repeat-offer");
  await phone.press("1");
  await untilSaid(calls, id, "spoken-repeat-offer", 2);
  expect(await spelledAfter(phone, "spoken-again", { nth: 2 })).to.equal(CODE_SPELLED);
  await check(calls, id, CODE);
  expect(await hungUpByUs(calls, phone, id)).to.include({ status: "verified" });
});

story("other keys while it is read change nothing", async (calls) => {
  const { phone, id } = await answeredCall(calls);
  await passGate(calls, phone, id);
  await untilSaid(calls, id, "spoken-intro");
  await phone.press("1370*#");
  await untilSaid(calls, id, "spoken-again");
  expect(await spelledAfter(phone, "spoken-intro")).to.equal(CODE_SPELLED);
  await check(calls, id, CODE);
  await hungUpByUs(calls, phone, id);
});

story("a temporary password: its letters and digits in order, each letter with its case", async (calls) => {
  const { phone, id } = await answeredCall(calls, { code: PASSWORD });
  await passGate(calls, phone, id);
  await untilSaid(calls, id, "spoken-again");
  expect(await spelledAfter(phone, "spoken-intro")).to.equal(
    "letter-lower letter-a letter-upper letter-b digit-3 letter-lower letter-x",
  );
  expect((await check(calls, id, PASSWORD.toLowerCase())).json).to.include({ code_entries: 1 });
  expect((await check(calls, id, PASSWORD)).json).to.include({ status: "verified" });
  await hungUpByUs(calls, phone, id);
});

story("in English when asked for", async (calls) => {
  const { phone, id } = await answeredCall(calls, { locale: "en" });
  await phone.press(await gateKey(calls, phone, id, { locale: "en" }));
  await untilSaid(calls, id, "spoken-again");
  expect(await spelledAfter(phone, "spoken-intro", { locale: "en" })).to.equal(CODE_SPELLED);
  await check(calls, id, CODE);
  await hungUpByUs(calls, phone, id);
});

story("0# at the gate: fraud reported, and the number is not called again", async (calls) => {
  const { phone, id, number } = await answeredCall(calls);
  await phone.press("0#");
  const result = await hungUpByUs(calls, phone, id);
  expect(result).to.include({ status: "failed", reason: "fraud_reported" });
  expect(calls.saidTo(id)).to.match(/fraud-reported goodbye$/);
  const again = await calls.api.post("/v1/verifications", { phone_number: number, method: "spoken" });
  expect(again.json).to.include({ code: "number_not_allowed" });
});

story("hung up before the gate: failed with hung_up", async (calls) => {
  const { phone, id } = await answeredCall(calls);
  await phone.hangUp();
  expect(await calls.ended(id)).to.include({ status: "failed", reason: "hung_up" });
});

story("hung up before the gate with calls left: called again, and read there", async (calls) => {
  const first = await calls.phone("answers");
  const { id } = await calls.register(first.number, {
    method: "spoken",
    code: CODE,
    max_call_attempts: 2,
  });
  await first.phone.answered();
  await first.phone.heard.speech();
  const { phone } = await calls.phone("answers");
  calls.carrier.connect(first.number, phone.port);
  await first.phone.hangUp();
  await phone.answered();
  await passGate(calls, phone, id, 2);
  await untilSaid(calls, id, "spoken-intro");
  await phone.hangUp();
  expect(await calls.ended(id, { calls: 2 })).to.include({ status: "pending" });
  expect((await check(calls, id, CODE)).json).to.include({ status: "verified" });
});

story("hung up in the first reading: not called again, and still to be checked", async (calls) => {
  const { phone, id } = await answeredCall(calls, { max_call_attempts: 3 });
  await passGate(calls, phone, id);
  await untilSaid(calls, id, "spoken-intro");
  await phone.hangUp();
  const result = await calls.ended(id);
  expect(result).to.include({ status: "pending", reason: null });
  expect((await check(calls, id, WRONG)).json).to.include({ status: "pending", code_entries: 1 });
  expect((await check(calls, id, CODE)).json).to.include({ status: "verified" });
  expect((await calls.result(id)).attempts).to.have.length(1);
});

story("expired while it is read: said so, and the check comes too late", async (calls) => {
  const { phone, id } = await answeredCall(calls, { code: LONG_PASSWORD, expires_in: SHORT_LIFE_S });
  await passGate(calls, phone, id);
  const result = await hungUpByUs(calls, phone, id);
  expect(result).to.include({ status: "expired", reason: null });
  expect(calls.saidTo(id)).to.match(/spoken-intro (spoken-again )?expired goodbye$/);
  expect(await spelledAfter(phone, "spoken-intro")).to.match(/^letter-lower letter-a letter-upper letter-b /);
  expect((await check(calls, id, LONG_PASSWORD)).json).to.include({ code: "verification_ended" });
});

story("canceled while it is read: hung up at once", async (calls) => {
  const { phone, id } = await answeredCall(calls);
  await passGate(calls, phone, id);
  await untilSaid(calls, id, "spoken-intro");
  expect((await calls.api.post(`/v1/verifications/${id}/cancel`, {})).status).to.equal(200);
  expect(await hungUpByUs(calls, phone, id)).to.include({ status: "canceled" });
  expect(calls.saidTo(id)).to.match(/spoken-intro$/);
});

describe("spoken codes through the real Asterisk", function () {
  this.timeout(300_000);
  let calls: CallService;

  before(async () => {
    calls = await CallService.start();
    stories.playOn(calls);
  });

  stories.report();

  after(async () => {
    await stories.over();
    await calls.stop();
  });

  it("leaves nothing of a code in the log, in Asterisk's or in what is told of the calls", async () => {
    await stories.over();
    expect(await calls.openChannels()).to.deep.equal([]);
    const asterisk = readdirSync(join(calls.dataDir, "asterisk"), { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile() && file.name.includes("log"))
      .map((file) => readFileSync(join(file.parentPath, file.name), "utf8"));
    expect(asterisk, "Asterisk has a log").to.not.deep.equal([]);
    const secret = /9011110|271828|aB3x|xyzw|aBcDeF|(digit|letter)-[^*]/;
    for (const text of [calls.logged, ...asterisk]) expect(text).to.not.match(secret);
    expect(calls.allEvents()).to.not.match(/271828|aB3x|xyzw|aBcDeF|(digit|letter|pause)-/);
  });

  it("leaves no process when it is stopped", async () => {
    await calls.stop();
    expect(childProcesses()).to.deep.equal([]);
  });
});
