import { expect } from "chai";
import { dtmfTones } from "../phones/dtmf-tones.js";
import type { AnsweringScenario } from "../phones/scenario.js";
import type { SippPhone } from "../phones/sipp.js";
import { ASTERISKS } from "./asterisks.js";
import { names } from "../phones/transcript.js";
import { CallService, type Result } from "./call-service.js";
import { childProcesses } from "./child-processes.js";
import { Stories } from "./stories.js";

const CODE = "271828";
const WRONG = "000000";

const stories = new Stories<CallService>();
const story = stories.tell.bind(stories);

/** Rings a telephone that answers; resolves when it has heard the greeting begin. */
async function answeredCall(
  calls: CallService,
  scenario: AnsweringScenario,
  body: Readonly<Record<string, unknown>> = {},
): Promise<{ phone: SippPhone; id: string; number: string }> {
  const { phone, number } = await calls.phone(scenario);
  const { id } = await calls.register(number, { code: CODE, ...body });
  await phone.answered();
  await phone.heard.speech();
  return { phone, id, number };
}

/** Keys an entry and waits for its ruling. */
async function enter(calls: CallService, phone: SippPhone, id: string, keys: string, nth = 1): Promise<void> {
  await phone.press(keys);
  await calls.happened(id, "ruled", { nth });
}

/** The end of a call that was answered and that we hung up. */
async function hungUpByUs(calls: CallService, phone: SippPhone, id: string): Promise<Result> {
  await phone.hungUpOn();
  const result = await calls.ended(id);
  expect((await phone.done()).exitCode, phone.story()).to.equal(0);
  expect(names(phone.prompts), "a first syllable is missing").to.not.include("(clipped)");
  const [attempt] = result.attempts;
  expect(attempt).to.include({ outcome: "answered", sip_status: null, q850_cause: 16 });
  expect(attempt?.answered_at).to.be.a("string");
  expect(attempt?.ended_at).to.be.a("string");
  return result;
}

story("verified: the code, and the guidance for it is heard", async (calls) => {
  const { phone, id } = await answeredCall(calls, "answers");
  await calls.happened(id, "listening");
  await enter(calls, phone, id, CODE);
  expect(await calls.result(id), "committed before its guidance").to.include({ status: "verified" });
  const result = await hungUpByUs(calls, phone, id);
  expect(result).to.include({ status: "verified", reason: null, code_entries: 1 });
  expect(names(phone.prompts)).to.equal("company-name greeting ask-code verified goodbye");
});

story("wrong then right: told so, with the tries left, asked again, verified", async (calls) => {
  const { phone, id } = await answeredCall(calls, "answers");
  await calls.happened(id, "listening");
  await enter(calls, phone, id, WRONG);
  await calls.happened(id, "listening", { nth: 2 });
  await enter(calls, phone, id, CODE, 2);
  const result = await hungUpByUs(calls, phone, id);
  expect(result).to.include({ status: "verified", reason: null, code_entries: 2 });
  expect(names(phone.prompts)).to.equal(
    "company-name greeting ask-code wrong-code tries-left-2 ask-code-again verified goodbye",
  );
});

story("three wrong: failed with wrong_code, and the right code comes too late", async (calls) => {
  const { phone, id } = await answeredCall(calls, "answers");
  for (const nth of [1, 2, 3]) await enter(calls, phone, id, WRONG, nth);
  await phone.press(CODE);
  const result = await hungUpByUs(calls, phone, id);
  expect(result).to.include({ status: "failed", reason: "wrong_code", code_entries: 3 });
  expect(calls.saidTo(id)).to.match(/tries-left-2 .*tries-left-1 .*failed goodbye$/);
  expect(names(phone.prompts)).to.match(/failed goodbye$/);
});

story("right after star clears", async (calls) => {
  const { phone, id } = await answeredCall(calls, "answers");
  await enter(calls, phone, id, `999*${CODE}`);
  const result = await hungUpByUs(calls, phone, id);
  expect(result).to.include({ status: "verified", code_entries: 1 });
});

story(
  "early with hash: a short entry ends at # and is wrong; a # after the whole code changes nothing",
  async (calls) => {
    const { phone, id } = await answeredCall(calls, "answers");
    await enter(calls, phone, id, "27#");
    await enter(calls, phone, id, `${CODE}#`, 2);
    const result = await hungUpByUs(calls, phone, id);
    expect(result).to.include({ status: "verified", code_entries: 2 });
  },
);

story("four digits with hash, of a code of ten", async (calls) => {
  const { phone, id } = await answeredCall(calls, "answers", { code: "0123456789", max_code_entries: 1 });
  await enter(calls, phone, id, "0123#");
  const result = await hungUpByUs(calls, phone, id);
  expect(result).to.include({ status: "failed", reason: "wrong_code", code_entries: 1 });
});

story("no input: asked again twice, then failed with no_input", async (calls) => {
  const { phone, id } = await answeredCall(calls, "answers");
  await calls.happened(id, "ruled", { ms: 90_000 });
  const result = await hungUpByUs(calls, phone, id);
  expect(result).to.include({ status: "failed", reason: "no_input", code_entries: 0 });
  expect(names(phone.prompts)).to.equal(
    "company-name greeting ask-code no-input ask-code-again no-input ask-code-again no-input-final goodbye",
  );
});

story("hangs up while keying: failed with hung_up, the half code not counted", async (calls) => {
  const { phone, id } = await answeredCall(calls, "answers");
  await phone.press("27");
  await calls.happened(id, "key", { nth: 2 });
  await phone.hangUp();
  const result = await calls.ended(id);
  expect(result).to.include({ status: "failed", reason: "hung_up", code_entries: 0 });
  expect(result.attempts[0]).to.include({ outcome: "answered", q850_cause: 16 });
});

story("reports fraud: 0# fails it, and the number is not called again", async (calls) => {
  const { phone, id, number } = await answeredCall(calls, "answers");
  await enter(calls, phone, id, "0#");
  const result = await hungUpByUs(calls, phone, id);
  expect(result).to.include({ status: "failed", reason: "fraud_reported", code_entries: 0 });
  expect(names(phone.prompts)).to.match(/fraud-reported goodbye$/);
  const again = await calls.api.post("/v1/verifications", { phone_number: number });
  expect(again.status).to.equal(422);
  expect(again.json).to.include({ code: "number_not_allowed" });
});

story("barge-in during the greeting: keys count, and the greeting stops", async (calls) => {
  const { phone, id } = await answeredCall(calls, "answers-at-once");
  await enter(calls, phone, id, CODE);
  const result = await hungUpByUs(calls, phone, id);
  expect(result).to.include({ status: "verified", code_entries: 1 });
  // How far it came is a matter of how busy the machine is; the question to its end is none of a greeting that stopped.
  expect(names(phone.prompts)).to.match(
    /^(company-name(\(cut\)| greeting(\(cut\)| ask-code\(cut\))?)? )?verified goodbye$/,
  );
});

story("early media, 183, then the answer: nothing is said before it", async (calls) => {
  const { phone, id } = await answeredCall(calls, "answers-after-early-media");
  await enter(calls, phone, id, CODE);
  const result = await hungUpByUs(calls, phone, id);
  expect(result).to.include({ status: "verified", code_entries: 1 });
});

story("keys by SIP INFO", async (calls) => {
  const { phone, id } = await answeredCall(calls, "answers-and-keys-by-sip-info");
  await enter(calls, phone, id, CODE);
  const result = await hungUpByUs(calls, phone, id);
  expect(result).to.include({ status: "verified", code_entries: 1 });
});

story("keys as tones in the sound, where the telephone has no telephone events", async (calls) => {
  const { phone, id } = await answeredCall(calls, "answers-and-keys-by-sip-info");
  await phone.say(dtmfTones(CODE));
  await calls.happened(id, "ruled");
  const result = await hungUpByUs(calls, phone, id);
  expect(result).to.include({ status: "verified", code_entries: 1 });
});

story("keys as fast as a machine presses them: each counts once", async (calls) => {
  const { phone, id } = await answeredCall(calls, "answers");
  await phone.press("00", { toneMs: 40, gapMs: 40 });
  await phone.press(`*${CODE}`, { toneMs: 40, gapMs: 40 });
  await calls.happened(id, "ruled");
  const result = await hungUpByUs(calls, phone, id);
  expect(result).to.include({ status: "verified", code_entries: 1 });
});

story("English guidance when asked for", async (calls) => {
  const { phone, id } = await answeredCall(calls, "answers", { locale: "en" });
  await enter(calls, phone, id, CODE);
  await hungUpByUs(calls, phone, id);
  expect(names(phone.prompts)).to.match(/en\/verified en\/goodbye$/);
});

for (const [scenario, sip, q850, outcome, reason] of [
  ["busy-486", 486, 17, "busy", "busy"],
  ["busy-everywhere-600", 600, 17, "busy", "busy"],
  ["rejected-603", 603, 21, "rejected", "rejected"],
  ["unwanted-607", 607, null, "rejected", "rejected"],
  ["not-found-404", 404, 1, "unreachable", "unreachable"],
  ["gone-410", 410, null, "unreachable", "unreachable"],
  ["unavailable-480", 480, null, "unreachable", "unreachable"],
  ["address-incomplete-484", 484, 28, "unreachable", "unreachable"],
  ["not-acceptable-488", 488, null, "failed", "service_unavailable"],
  ["trunk-500", 500, null, "failed", "service_unavailable"],
  ["trunk-503", 503, null, "failed", "service_unavailable"],
] as const) {
  story(`${scenario}: outcome ${outcome}, failed with ${reason}`, async (calls) => {
    const { number } = await calls.phone(scenario);
    const { id } = await calls.register(number, { code: CODE });
    const result = await calls.ended(id);
    expect(result).to.include({ status: "failed", reason, code_entries: 0 });
    expect(result.attempts).to.have.length(1);
    expect(result.attempts[0]).to.include({ outcome, sip_status: sip, answered_at: null });
    if (q850 !== null) expect(result.attempts[0]).to.include({ q850_cause: q850 });
  });
}

for (const [sip, outcome, reason] of [
  [604, "unreachable", "unreachable"],
  [608, "rejected", "rejected"],
  [487, "no_answer", "no_answer"],
  // Without any sign of life before it: from the trunk itself, or our own Timer B.
  [408, "failed", "service_unavailable"],
] as const) {
  story(`the network answers ${sip}: outcome ${outcome}, failed with ${reason}`, async (calls) => {
    const number = calls.newNumber();
    calls.carrier.reply(number, sip, "No");
    const { id } = await calls.register(number, { code: CODE });
    const result = await calls.ended(id);
    expect(result).to.include({ status: "failed", reason });
    expect(result.attempts[0]).to.include({ outcome, sip_status: sip, answered_at: null });
  });
}

story("no answer: rung out, canceled by us, failed with no_answer", async (calls) => {
  const { phone, number } = await calls.phone("rings-until-canceled");
  const { id } = await calls.register(number, { expires_in: 120 });
  const result = await calls.ended(id);
  expect(result).to.include({ status: "failed", reason: "no_answer" });
  expect(result.attempts[0]).to.include({ outcome: "no_answer", answered_at: null });
  expect(result.attempts[0]?.ringing_at).to.be.a("string");
  expect((await phone.done()).exitCode, phone.story()).to.equal(0);
});

story("expired while ringing: the ringing stops at the deadline", async (calls) => {
  const { phone, number } = await calls.phone("rings-until-canceled");
  const { id } = await calls.register(number, { expires_in: 30 });
  const result = await calls.ended(id);
  expect(result).to.include({ status: "expired", reason: null });
  expect(result.attempts[0]).to.include({ outcome: "canceled" });
  expect((await phone.done()).exitCode, phone.story()).to.equal(0);
});

story("expired during the conversation: said so, and the right code comes too late", async (calls) => {
  const { phone, number } = await calls.phone("answers");
  const { id } = await calls.register(number, { code: CODE, expires_in: 30 });
  await phone.answered();
  // Silent for the first guidance, then keys that never make a code keep the call alive.
  for (let nth = 1; !calls.saidTo(id).includes("expired"); nth++) {
    await phone.press("1*");
    await calls.happened(id, "key", { nth: nth * 2 });
  }
  await phone.press(CODE);
  const result = await hungUpByUs(calls, phone, id);
  expect(result).to.include({ status: "expired", reason: null, code_entries: 0 });
  expect(names(phone.prompts)).to.match(/expired goodbye$/);
});

story("canceled while ringing: the ringing stops", async (calls) => {
  const { phone, number } = await calls.phone("rings-until-canceled");
  const { id } = await calls.register(number);
  await phone.ringing();
  expect((await calls.api.post(`/v1/verifications/${id}/cancel`, {})).status).to.equal(200);
  const result = await calls.ended(id);
  expect(result).to.include({ status: "canceled", reason: null });
  expect(result.attempts[0]).to.include({ outcome: "canceled" });
  expect((await phone.done()).exitCode, phone.story()).to.equal(0);
});

story("canceled during the conversation: hung up at once", async (calls) => {
  const { phone, id } = await answeredCall(calls, "answers");
  expect((await calls.api.post(`/v1/verifications/${id}/cancel`, {})).status).to.equal(200);
  expect(await hungUpByUs(calls, phone, id)).to.include({ status: "canceled", reason: null });
  // The same: some of what a call begins with, and nothing in parting.
  expect(names(phone.prompts)).to.match(/^(company-name( greeting( ask-code)?)?(\(cut\))?)?$/);
});

story("silent trunk: no reply at all, failed with service_unavailable", async (calls) => {
  const number = calls.newNumber();
  calls.carrier.silent(number);
  const { id } = await calls.register(number);
  const result = await calls.ended(id);
  expect(result).to.include({ status: "failed", reason: "service_unavailable" });
  expect(result.attempts[0]).to.include({ outcome: "failed", ringing_at: null });
});

story("busy, then redialled and verified", async (calls) => {
  const busy = await calls.phone("busy-486");
  const { id } = await calls.register(busy.number, { code: CODE, max_call_attempts: 2 });
  await busy.phone.done();
  const { phone } = await calls.phone("answers");
  calls.carrier.connect(busy.number, phone.port);
  await phone.answered();
  await phone.heard.speech();
  await enter(calls, phone, id, CODE);
  await phone.hungUpOn();
  const result = await calls.ended(id, { calls: 2 });
  expect(result).to.include({ status: "verified" });
  expect(result.attempts.map((attempt) => attempt.outcome)).to.deep.equal(["busy", "answered"]);
});

story("the number dialled is national digits, and the caller's number is shown", async (calls) => {
  const { number } = await calls.phone("busy-486");
  await calls.register(`+81 ${number.slice(1)}`);
  const invite = await calls.carrier.waitForInvite(number);
  expect(invite.startLine).to.match(new RegExp(`^INVITE sip:${number}@`));
  const from = invite.headers.find((header) => header.name.toLowerCase() === "from")?.value;
  expect(from).to.include("0312345678");
});

for (const asterisk of ASTERISKS) {
  describe(`outbound calls through ${asterisk.title}`, function () {
    this.timeout(240_000);
    const told = stories.anew();
    let calls: CallService;

    before(async () => {
      // Rings longer than the shortest life of a verification, so that both ends can be seen.
      calls = await CallService.start({ HONNIN_RING_SECONDS: "34" }, asterisk);
      told.playOn(calls);
    });

    told.report();

    after(async () => {
      await told.over();
      await calls.stop();
    });

    it("leaves no call, no channel and nothing secret in the log", async () => {
      await told.over();
      expect(await calls.openChannels()).to.deep.equal([]);
      expect(calls.logged).to.not.match(/9011110|271828|honnin_[A-Za-z0-9_-]{20}/);
    });

    it("leaves no process when it is stopped", async () => {
      await calls.stop();
      expect(childProcesses()).to.deep.equal([]);
    });
  });
}
