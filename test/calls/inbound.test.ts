import { expect } from "chai";
import { dtmfTones } from "../phones/dtmf-tones.js";
import type { SippPhone } from "../phones/sipp.js";
import { names } from "../phones/transcript.js";
import { poll } from "../phones/waiting.js";
import { ASTERISKS } from "./asterisks.js";
import { CallService, type Result } from "./call-service.js";
import { childProcesses } from "./child-processes.js";
import { Stories } from "./stories.js";

const CODE = "271828";
const WRONG = "000000";
/** As the settings spell them; the carrier dials them so too. A story that ends unmatched has its own. */
const DIDS = [
  "0312340000",
  "0312340001",
  "0312340002",
  "0312340003",
  "0312340004",
  "0312340005",
  "0312340006",
];
const [DID = "", DID_WITHHELD_FROM = "", DID_WITHHELD_PRIVACY = "", DID_UNKNOWN = ""] = DIDS;
const [, , , , DID_EXPIRED = "", DID_UNTRUSTED = "", DID_REASONS = ""] = DIDS;

interface Stage {
  readonly calls: CallService;
  /** Answers nobody who needs no answer, and does not believe its trunk; its client takes From for proof. */
  readonly free: CallService;
}

const stories = new Stories<Stage>();
const story = stories.tell.bind(stories);

const e164 = (national: string): string => `+81${national.slice(1)}`;

function awaited(
  calls: CallService,
  number: string,
  body: Readonly<Record<string, unknown>> = {},
): Promise<Result> {
  const code = body["method"] === "caller_id" ? {} : { code: CODE };
  return calls.register(number, { direction: "inbound", ...code, ...body });
}

/** Calls; resolves when the greeting has begun. */
async function calling(
  calls: CallService,
  from: string,
  options: { to?: string; headers?: Readonly<Record<string, string>>; telephoneEvents?: boolean } = {},
): Promise<SippPhone> {
  const phone = await calls.caller("calls", { to: DID, from, ...options });
  await phone.answered();
  await phone.heard.speech();
  return phone;
}

async function enter(calls: CallService, phone: SippPhone, id: string, keys: string, nth = 1): Promise<void> {
  await phone.press(keys);
  await calls.happened(id, "ruled", { nth });
}

async function hungUpByUs(phone: SippPhone): Promise<void> {
  await phone.hungUpOn();
  expect((await phone.done()).exitCode, phone.story()).to.equal(0);
  expect(names(phone.prompts), "a first syllable is missing").to.not.include("(clipped)");
}

/** A call that is told something and is hung up on, and for which nothing is stored. */
async function toldOnly(calls: CallService, phone: SippPhone, prompt: string, id?: string): Promise<void> {
  await hungUpByUs(phone);
  expect(names(phone.prompts)).to.equal(`${prompt} goodbye`);
  if (id === undefined) return;
  const result = await calls.result(id);
  expect(result).to.include({ status: "pending", reason: null, code_entries: 0 });
  expect(result.attempts).to.deep.equal([]);
}

story("registered: the number to call is told, and nobody is called", async ({ calls }) => {
  const number = calls.newNumber();
  const result = await awaited(calls, number, { did: "03-1234-0003", code: undefined });
  expect(result).to.include({ status: "pending", direction: "inbound", call_to: "+81312340003" });
  expect(result.code).to.match(/^\d{6}$/);
  expect(calls.carrier.invitesTo(number)).to.deep.equal([]);
});

story("known, the right code: verified, and what the network said is recorded", async ({ calls }) => {
  const number = calls.newNumber();
  const { id, call_to } = await awaited(calls, number);
  expect(call_to).to.equal(e164(DID));
  const phone = await calling(calls, number);
  expect(await calls.result(id)).to.include({ status: "in_progress" });
  await calls.happened(id, "listening");
  await enter(calls, phone, id, CODE);
  expect(await calls.result(id), "committed before its guidance").to.include({ status: "verified" });
  await hungUpByUs(phone);
  const result = await calls.ended(id);
  expect(result).to.include({ status: "verified", reason: null, code_entries: 1 });
  const [attempt] = result.attempts;
  expect(attempt).to.include({ direction: "inbound", outcome: "answered", q850_cause: 16 });
  expect(attempt?.answered_at).to.be.a("string");
  expect(attempt?.caller_evidence).to.deep.equal({
    from: `sip:${number}@127.0.0.1`,
    p_asserted_identity: null,
    agree: null,
    privacy: null,
    trunk: "trunk",
    stir_shaken: null,
    withheld_reason: null,
  });
  expect(names(phone.prompts)).to.equal("company-name inbound-greeting ask-code-inbound verified goodbye");
});

story("wrong then right: asked again, verified; 0# is a wrong code and no report", async ({ calls }) => {
  const number = calls.newNumber();
  const { id } = await awaited(calls, number);
  const phone = await calling(calls, number);
  await enter(calls, phone, id, WRONG);
  await enter(calls, phone, id, "0#", 2);
  await enter(calls, phone, id, CODE, 3);
  await hungUpByUs(phone);
  expect(await calls.ended(id)).to.include({ status: "verified", code_entries: 3 });
  expect(calls.saidTo(id)).to.match(/tries-left-2 ask-code-again .*tries-left-1 .*verified goodbye$/);
});

story("keys as tones, from a network without telephone events: verified", async ({ calls }) => {
  const number = calls.newNumber();
  const { id } = await awaited(calls, number);
  const phone = await calling(calls, number, { telephoneEvents: false });
  await phone.say(dtmfTones(CODE));
  await calls.happened(id, "ruled");
  await hungUpByUs(phone);
  expect(await calls.ended(id)).to.include({ status: "verified", code_entries: 1 });
});

story("three wrong: failed with wrong_code", async ({ calls }) => {
  const number = calls.newNumber();
  const { id } = await awaited(calls, number);
  const phone = await calling(calls, number);
  for (const nth of [1, 2, 3]) await enter(calls, phone, id, WRONG, nth);
  await hungUpByUs(phone);
  expect(await calls.ended(id)).to.include({ status: "failed", reason: "wrong_code", code_entries: 3 });
  expect(names(phone.prompts)).to.match(/failed goodbye$/);
});

story("no key: asked twice more, then failed with no_input", async ({ calls }) => {
  const number = calls.newNumber();
  const { id } = await awaited(calls, number);
  const phone = await calling(calls, number);
  await phone.hungUpOn();
  const result = await calls.ended(id);
  expect(result).to.include({ status: "failed", reason: "no_input", code_entries: 0 });
  expect(result.attempts[0]).to.include({ outcome: "answered" });
});

story("unknown number: told so, and inbound.unmatched", async ({ calls }) => {
  const number = calls.newNumber();
  const phone = await calling(calls, number, { to: DID_UNKNOWN });
  const event = await calls.noMatch(e164(DID_UNKNOWN));
  expect(event).to.include({ why: "unknown", number: e164(number) });
  await toldOnly(calls, phone, "unknown-number");
});

story("known at another DID only: unknown at this one", async ({ calls }) => {
  const number = calls.newNumber();
  const { id } = await awaited(calls, number, { did: DID_EXPIRED });
  const phone = await calling(calls, number);
  await toldOnly(calls, phone, "unknown-number", id);
});

story("withheld by From: told to call with 186, still pending", async ({ calls }) => {
  const number = calls.newNumber();
  const { id } = await awaited(calls, number, { did: DID_WITHHELD_FROM });
  const phone = await calling(calls, '"Anonymous" <sip:anonymous@anonymous.invalid>', {
    to: DID_WITHHELD_FROM,
    headers: { "P-Asserted-Identity": `<sip:${number}@127.0.0.1>` },
  });
  const event = await calls.noMatch(e164(DID_WITHHELD_FROM));
  expect(event).to.include({ why: "withheld", number: null });
  expect(JSON.stringify(event.evidence)).to.not.include(number.slice(1));
  await toldOnly(calls, phone, "withheld", id);
});

story("withheld by Privacy: id, though the network tells the number: still pending", async ({ calls }) => {
  const number = calls.newNumber();
  const { id } = await awaited(calls, number, { did: DID_WITHHELD_PRIVACY });
  const phone = await calling(calls, number, {
    to: DID_WITHHELD_PRIVACY,
    headers: { "P-Asserted-Identity": `<sip:${number}@127.0.0.1>`, Privacy: "id" },
  });
  const event = await calls.noMatch(e164(DID_WITHHELD_PRIVACY));
  expect(event).to.include({ why: "withheld", number: null });
  expect(event.evidence).to.include({ privacy: "id", from: null, p_asserted_identity: null });
  await toldOnly(calls, phone, "withheld", id);
});

for (const [name, prompt, reason] of [
  ["Coin line/payphone", "withheld-payphone", "payphone"],
  ["Unavailable", "withheld-unavailable", "unavailable"],
  ["Interaction with other service", "withheld-unavailable", "other_service"],
] as const) {
  story(
    `no number, for the network says ${name}: 186 would not help, and is not asked for`,
    async ({ calls }) => {
      const phone = await calling(calls, `"${name}" <sip:anonymous@anonymous.invalid>`, { to: DID_REASONS });
      await toldOnly(calls, phone, prompt);
      const told = calls.unmatched.find(({ evidence }) => evidence.withheld_reason === reason);
      expect(told).to.include({ why: "withheld", number: null, did: e164(DID_REASONS) });
    },
  );
}

story("P-Asserted-Identity only: verified by what the network says", async ({ calls }) => {
  const number = calls.newNumber();
  const { id } = await awaited(calls, number);
  const phone = await calling(calls, "<sip:unavailable@unknown.invalid>", {
    headers: { "P-Asserted-Identity": `<tel:${e164(number)};verstat=TN-Validation-Passed>` },
  });
  await enter(calls, phone, id, CODE);
  await hungUpByUs(phone);
  const result = await calls.ended(id);
  expect(result).to.include({ status: "verified" });
  expect(result.attempts[0]?.caller_evidence).to.include({
    p_asserted_identity: `tel:${e164(number)}`,
    agree: null,
    stir_shaken: "TN-Validation-Passed",
  });
});

story(
  "From and P-Asserted-Identity disagree: the network's counts, the difference is recorded",
  async ({ calls }) => {
    const [claimed, asserted] = [calls.newNumber(), calls.newNumber()];
    const other = await awaited(calls, claimed);
    const { id } = await awaited(calls, asserted);
    const phone = await calling(calls, `"山田 太郎" <sip:${claimed}@127.0.0.1>`, {
      headers: { "P-Asserted-Identity": `<sip:${e164(asserted)}@127.0.0.1;user=phone>` },
    });
    await enter(calls, phone, id, CODE);
    await hungUpByUs(phone);
    const result = await calls.ended(id);
    expect(result).to.include({ status: "verified" });
    expect(result.attempts[0]?.caller_evidence).to.include({
      from: `sip:${claimed}@127.0.0.1`,
      agree: false,
    });
    expect(await calls.result(other.id)).to.include({ status: "pending" });
  },
);

story("caller_id: verified by the call itself, answered and told so", async ({ calls }) => {
  const number = calls.newNumber();
  const registered = await awaited(calls, number, { method: "caller_id" });
  expect(registered).to.not.have.property("code");
  const { id } = registered;
  const headers = { "P-Asserted-Identity": `<sip:${number}@127.0.0.1>` };
  const phone = await calling(calls, number, { headers });
  expect(await calls.result(id), "committed before its guidance").to.include({ status: "verified" });
  await hungUpByUs(phone);
  const result = await calls.ended(id);
  expect(result).to.include({ status: "verified", reason: null, code_entries: 0 });
  expect(result.attempts[0]).to.include({ direction: "inbound", outcome: "answered" });
  expect(names(phone.prompts)).to.equal("caller-verified goodbye");
});

story("caller_id without an answer: verified, refused as busy, nothing to pay", async ({ free }) => {
  const number = free.newNumber();
  const { id } = await awaited(free, number, { method: "caller_id" });
  const phone = await free.caller("calls-and-is-refused", { to: DID, from: number, refusal: 486 });
  expect((await phone.done()).exitCode, phone.story()).to.equal(0);
  const result = await free.ended(id);
  expect(result).to.include({ status: "verified", reason: null });
  expect(result.attempts[0]).to.include({ direction: "inbound", outcome: "rejected", answered_at: null });
});

story("not trusted: From counts and P-Asserted-Identity does not", async ({ free }) => {
  const [claimed, asserted] = [free.newNumber(), free.newNumber()];
  const other = await awaited(free, asserted, { method: "caller_id", did: DID_UNTRUSTED });
  const { id } = await awaited(free, claimed, { method: "caller_id", did: DID_UNTRUSTED });
  const headers = { "P-Asserted-Identity": `<tel:${e164(asserted)}>` };
  const to = DID_UNTRUSTED;
  const phone = await free.caller("calls-and-is-refused", { to, from: claimed, refusal: 486, headers });
  expect((await phone.done()).exitCode, phone.story()).to.equal(0);
  expect(await free.ended(id)).to.include({ status: "verified" });
  expect(await free.result(other.id)).to.include({ status: "pending" });
});

story("two wait for the same number: the newest is meant", async ({ calls }) => {
  const number = calls.newNumber();
  const older = await awaited(calls, number, { code: "1111" });
  const newer = await awaited(calls, number);
  const phone = await calling(calls, number);
  await enter(calls, phone, newer.id, CODE);
  await hungUpByUs(phone);
  expect(await calls.ended(newer.id)).to.include({ status: "verified" });
  const result = await calls.result(older.id);
  expect(result).to.include({ status: "pending", code_entries: 0 });
  expect(result.attempts).to.deep.equal([]);
});

story("hangs up, calls again, verified: the wrong code of the first call still counts", async ({ calls }) => {
  const number = calls.newNumber();
  const { id } = await awaited(calls, number);
  const first = await calling(calls, number);
  await enter(calls, first, id, WRONG);
  await first.hangUp();
  const between = await calls.ended(id);
  expect(between).to.include({ status: "pending", reason: null, code_entries: 1 });
  expect(between.attempts[0]).to.include({ outcome: "answered" });
  const second = await calling(calls, number);
  await enter(calls, second, id, CODE, 2);
  await hungUpByUs(second);
  const result = await calls.ended(id, { calls: 2 });
  expect(result).to.include({ status: "verified", code_entries: 2 });
  expect(result.attempts.map((attempt) => attempt.outcome)).to.deep.equal(["answered", "answered"]);
});

story("expired before the call: unknown, and the verification stays expired", async ({ calls }) => {
  const number = calls.newNumber();
  const { id } = await awaited(calls, number, { did: DID_EXPIRED, expires_in: 30 });
  await poll(async () => (await calls.result(id)).status === "expired", 60_000, "the deadline");
  const phone = await calling(calls, number, { to: DID_EXPIRED });
  await toldOnly(calls, phone, "unknown-number");
  const result = await calls.result(id);
  expect(result).to.include({ status: "expired" });
  expect(result.attempts).to.deep.equal([]);
});

story("a number that is no DID: 404", async ({ calls }) => {
  const phone = await calls.caller("calls-and-is-refused", {
    to: "0312349999",
    from: calls.newNumber(),
    refusal: 404,
  });
  expect((await phone.done()).exitCode, phone.story()).to.equal(0);
});

for (const asterisk of ASTERISKS) {
  describe(`inbound calls through ${asterisk.title}`, function () {
    this.timeout(240_000);
    const told = stories.anew();
    let calls: CallService;
    let free: CallService;

    before(async () => {
      const dids = { HONNIN_DIDS: DIDS.join(",") };
      calls = await CallService.start(dids, asterisk);
      const cautious = { HONNIN_ANSWER_INBOUND: "false", HONNIN_TRUST_ASSERTED_IDENTITY: "false" };
      free = await CallService.start({ ...dids, ...cautious }, asterisk);
      await free.configure("test", { demand_evidence: "none" });
      told.playOn({ calls, free });
    });

    told.report();

    after(async () => {
      await told.over();
      await calls.stop();
      await free.stop();
    });

    it("leaves no channel and nothing secret in the log", async () => {
      await told.over();
      for (const service of [calls, free]) {
        expect(await service.openChannels()).to.deep.equal([]);
        expect(service.logged).to.not.match(/9011110|271828/);
      }
    });

    it("leaves no process when it is stopped", async () => {
      await calls.stop();
      await free.stop();
      expect(childProcesses()).to.deep.equal([]);
    });
  });
}
