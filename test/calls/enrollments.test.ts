import { expect } from "chai";
import type { SippPhone } from "../phones/sipp.js";
import { names } from "../phones/transcript.js";
import { poll } from "../phones/waiting.js";
import { CallService, type Result } from "./call-service.js";
import { LiveEvents } from "./live-events.js";
import { Stories } from "./stories.js";

const PIN = "314159";
const CODE = "271828";
const WRONG = "000000";
/** As the settings spell them. A story that ends unmatched has its own. */
const DIDS = ["0312340000", "0312340001", "0312340002", "0312340003", "0312340004"];
const [DID = "", DID_ELSEWHERE = "", DID_EXPIRED = "", DID_DELETED = "", DID_WITHHELD = ""] = DIDS;

interface Stage {
  readonly calls: CallService;
  readonly live: LiveEvents;
  /** Answers nobody who needs no answer; ends a PIN after three wrong ones. */
  readonly free: CallService;
  readonly freeLive: LiveEvents;
}

const stories = new Stories<Stage>();
const story = stories.tell.bind(stories);

const e164 = (national: string): string => `+81${national.slice(1)}`;

async function enroll(
  calls: CallService,
  number: string,
  body: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const { status, json, text } = await calls.api.post("/v1/enrollments", { phone_number: number, ...body });
  if (status !== 201) throw new Error(`enroll: ${status} ${text}`);
  return String(json["id"]);
}

async function lastUsed(calls: CallService, id: string): Promise<unknown> {
  return (await calls.api.get(`/v1/enrollments/${id}`)).json["last_used_at"];
}

/** As the trunk vouches for a number. */
const asserted = (number: string): Readonly<Record<string, string>> => ({
  "P-Asserted-Identity": `<sip:${number}@127.0.0.1>`,
});

/** Calls, its number asserted by the trunk; resolves when something is heard. */
async function calling(
  calls: CallService,
  from: string,
  options: { to?: string; headers?: Readonly<Record<string, string>> } = {},
): Promise<SippPhone> {
  const phone = await calls.caller("calls", { to: DID, from, headers: asserted(from), ...options });
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
}

function expectHeard(phone: SippPhone, prompt: string): void {
  expect(names(phone.prompts)).to.include(prompt);
}

/** The call was told that its number is unknown, and nothing was stored of it. */
async function unknown(calls: CallService, phone: SippPhone, number: string, did: string): Promise<void> {
  expect(await calls.noMatch(e164(did))).to.include({ why: "unknown" });
  await hungUpByUs(phone);
  expectHeard(phone, "unknown-number");
  expect(await verificationsOf(calls, number)).to.deep.equal([]);
}

async function verificationsOf(calls: CallService, number: string): Promise<Result[]> {
  const { json } = await calls.api.get(`/v1/verifications?phone_number=${number}`);
  return json["data"] as Result[];
}

story(
  "enrolled: verified by the call itself, told so, and its server hears of it",
  async ({ calls, live }) => {
    const number = calls.newNumber();
    const enrollment = await enroll(calls, number, { metadata: { member: "7" } });
    const phone = await calling(calls, number);
    const { id = "" } = await live.created(e164(number));
    expect(await calls.result(id), "committed before its guidance").to.include({ status: "verified" });
    await hungUpByUs(phone);
    expectHeard(phone, "enrolled-verified");
    expect(await live.untilCallEnded(id)).to.deep.equal([
      "verification.created",
      "call.started",
      "verification.verified",
      "call.answered",
      "call.ended",
    ]);
    const result = await calls.result(id);
    expect(result).to.deep.include({
      status: "verified",
      method: "caller_id",
      direction: "inbound",
      call_to: e164(DID),
      enrollment_id: enrollment,
      metadata: { member: "7" },
    });
    expect(result.attempts[0]).to.include({ outcome: "answered" });
    expect(calls.saidTo(id)).to.equal("silence-start enrolled-verified goodbye");
    expect(await lastUsed(calls, enrollment)).to.be.a("string");
  },
);

story("enrolled, calling twice: two verifications", async ({ calls, live }) => {
  const number = calls.newNumber();
  const enrollment = await enroll(calls, number);
  for (const nth of [1, 2]) {
    await hungUpByUs(await calling(calls, number));
    const { id = "" } = await live.created(e164(number), nth);
    expect(await calls.ended(id)).to.include({ status: "verified", enrollment_id: enrollment });
  }
  expect(await verificationsOf(calls, number)).to.have.length(2);
});

story("enrolled, no answer wanted: refused for free, and verified", async ({ free, freeLive }) => {
  const number = free.newNumber();
  const enrollment = await enroll(free, number);
  const phone = await free.caller("calls-and-is-refused", {
    to: DID,
    from: number,
    refusal: 486,
    headers: asserted(number),
  });
  expect((await phone.done()).exitCode, phone.story()).to.equal(0);
  const { id = "" } = await freeLive.created(e164(number));
  const result = await free.ended(id);
  expect(result).to.include({ status: "verified", enrollment_id: enrollment });
  expect(result.attempts[0]).to.include({ outcome: "rejected", answered_at: null });
  expect(await freeLive.untilCallEnded(id)).to.deep.equal([
    "verification.created",
    "call.started",
    "verification.verified",
    "call.ended",
  ]);
  expect(await lastUsed(free, enrollment)).to.be.a("string");
});

story("with a PIN, the right one: verified", async ({ calls, live }) => {
  const number = calls.newNumber();
  const enrollment = await enroll(calls, number, { pin: PIN });
  const phone = await calling(calls, number);
  const { id = "" } = await live.created(e164(number));
  expect(await calls.result(id)).to.include({ status: "in_progress", method: "keypad" });
  await enter(calls, phone, id, PIN);
  expect(await calls.result(id), "committed before its guidance").to.include({ status: "verified" });
  await hungUpByUs(phone);
  expectHeard(phone, "enrolled-verified");
  expect(await calls.ended(id)).to.include({
    status: "verified",
    code_entries: 1,
    enrollment_id: enrollment,
  });
  expect(calls.saidTo(id)).to.equal(
    "silence-start company-name inbound-greeting ask-pin enrolled-verified goodbye",
  );
  expect(await lastUsed(calls, enrollment)).to.be.a("string");
});

story("with a PIN, wrong then right: asked for the PIN again, verified", async ({ calls, live }) => {
  const number = calls.newNumber();
  await enroll(calls, number, { pin: PIN });
  const phone = await calling(calls, number);
  const { id = "" } = await live.created(e164(number));
  await enter(calls, phone, id, WRONG);
  await enter(calls, phone, id, PIN, 2);
  await hungUpByUs(phone);
  expect(await calls.ended(id)).to.include({ status: "verified", code_entries: 2 });
  expect(calls.saidTo(id)).to.match(/wrong-code tries-left-2 ask-pin enrolled-verified goodbye$/);
});

story(
  "with a PIN, three wrong: failed; where that is the end of the PIN, the next call is not asked",
  async ({ free, freeLive }) => {
    const number = free.newNumber();
    const enrollment = await enroll(free, number, { pin: PIN });
    const phone = await calling(free, number);
    const { id = "" } = await freeLive.created(e164(number));
    for (const nth of [1, 2, 3]) await enter(free, phone, id, WRONG, nth);
    await hungUpByUs(phone);
    expect(await free.ended(id)).to.include({ status: "failed", reason: "wrong_code", code_entries: 3 });

    const again = await calling(free, number);
    const { id: next = "" } = await freeLive.created(e164(number), 2);
    await again.press(PIN);
    await hungUpByUs(again);
    expectHeard(again, "failed");
    expect(await free.ended(next)).to.include({ status: "failed", reason: "wrong_code", code_entries: 0 });
    expect(free.saidTo(next)).to.equal("silence-start failed goodbye");
    expect(await lastUsed(free, enrollment)).to.equal(null);
  },
);

story("with a PIN, no key: asked twice more, then failed with no_input", async ({ calls, live }) => {
  const number = calls.newNumber();
  const enrollment = await enroll(calls, number, { pin: PIN });
  const phone = await calling(calls, number);
  const { id = "" } = await live.created(e164(number));
  await phone.hungUpOn();
  expect(await calls.ended(id)).to.include({ status: "failed", reason: "no_input" });
  expect(calls.saidTo(id).match(/no-input ask-pin/g)).to.have.length(2);
  expect(await lastUsed(calls, enrollment)).to.equal(null);
});

story("with a PIN, hung up and called again: the wrong entry still counts", async ({ calls, live }) => {
  const number = calls.newNumber();
  await enroll(calls, number, { pin: PIN });
  const first = await calling(calls, number);
  const { id = "" } = await live.created(e164(number));
  await enter(calls, first, id, WRONG);
  await first.hangUp();
  expect(await calls.ended(id)).to.include({ status: "pending", code_entries: 1 });
  const second = await calling(calls, number);
  await enter(calls, second, id, PIN, 2);
  await hungUpByUs(second);
  expect(await calls.ended(id, { calls: 2 })).to.include({ status: "verified", code_entries: 2 });
  expect(calls.saidTo(id)).to.match(/inbound-greeting ask-pin enrolled-verified goodbye$/);
});

story("with a PIN, deleted during the call: hung up, canceled", async ({ calls, live }) => {
  const number = calls.newNumber();
  const enrollment = await enroll(calls, number, { pin: PIN });
  const phone = await calling(calls, number);
  const { id = "" } = await live.created(e164(number));
  await calls.happened(id, "said");
  const { status } = await calls.api.send(`/v1/enrollments/${enrollment}`, { method: "DELETE" });
  expect(status).to.equal(204);
  await hungUpByUs(phone);
  expect(await calls.ended(id)).to.include({ status: "canceled", enrollment_id: enrollment });
});

story("enrolled at another DID only: unknown at this one", async ({ calls }) => {
  const number = calls.newNumber();
  await enroll(calls, number, { dids: [DID] });
  await unknown(calls, await calling(calls, number, { to: DID_ELSEWHERE }), number, DID_ELSEWHERE);
});

story("expired: unknown", async ({ calls }) => {
  const number = calls.newNumber();
  const expires = Date.now() + 1_000;
  await enroll(calls, number, { dids: [DID_EXPIRED], expires_at: new Date(expires).toISOString() });
  await poll(() => Promise.resolve(Date.now() > expires), 60_000, "the enrollment's end");
  await unknown(calls, await calling(calls, number, { to: DID_EXPIRED }), number, DID_EXPIRED);
});

story("deleted: unknown", async ({ calls }) => {
  const number = calls.newNumber();
  const enrollment = await enroll(calls, number);
  await calls.api.send(`/v1/enrollments/${enrollment}`, { method: "DELETE" });
  await unknown(calls, await calling(calls, number, { to: DID_DELETED }), number, DID_DELETED);
});

story("a verification waits for the call: it comes before the enrollment", async ({ calls }) => {
  const number = calls.newNumber();
  const enrollment = await enroll(calls, number);
  const { id } = await calls.register(number, { direction: "inbound", did: DID, code: CODE });
  const phone = await calling(calls, number);
  await enter(calls, phone, id, CODE);
  await hungUpByUs(phone);
  expect(await calls.ended(id)).to.include({ status: "verified", enrollment_id: null });
  expect(calls.saidTo(id)).to.equal(
    "silence-start company-name inbound-greeting ask-code-inbound verified goodbye",
  );
  expect(await verificationsOf(calls, number)).to.have.length(1);
  expect(await lastUsed(calls, enrollment)).to.equal(null);
});

story("enrolled, number withheld: told to call with 186, not authenticated", async ({ calls }) => {
  const number = calls.newNumber();
  const enrollment = await enroll(calls, number);
  const phone = await calling(calls, '"Anonymous" <sip:anonymous@anonymous.invalid>', {
    to: DID_WITHHELD,
    headers: { "P-Asserted-Identity": `<sip:${number}@127.0.0.1>`, Privacy: "id" },
  });
  expect(await calls.noMatch(e164(DID_WITHHELD))).to.include({ why: "withheld", number: null });
  await hungUpByUs(phone);
  expectHeard(phone, "withheld");
  expect(await verificationsOf(calls, number)).to.deep.equal([]);
  expect(await lastUsed(calls, enrollment)).to.equal(null);
});

describe("calls of enrolled numbers through the real Asterisk", function () {
  this.timeout(240_000);
  let stage: Stage | undefined;

  before(async () => {
    const dids = { HONNIN_DIDS: DIDS.join(",") };
    const calls = await CallService.start(dids);
    const free = await CallService.start({
      ...dids,
      HONNIN_ANSWER_INBOUND: "false",
      HONNIN_MAX_WRONG_PINS: "3",
    });
    stage = { calls, live: await LiveEvents.open(calls), free, freeLive: await LiveEvents.open(free) };
    stories.playOn(stage);
  });

  stories.report();

  after(async () => {
    await stories.over();
    stage?.live.close();
    stage?.freeLive.close();
    await stage?.calls.stop();
    await stage?.free.stop();
  });

  it("leaves no channel and nothing secret in the log", async () => {
    await stories.over();
    for (const service of stage === undefined ? [] : [stage.calls, stage.free]) {
      expect(await service.openChannels()).to.deep.equal([]);
      expect(service.logged).to.not.match(/9011110|314159|271828/);
    }
  });
});
