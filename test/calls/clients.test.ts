import { expect } from "chai";
import type { SippPhone } from "../phones/sipp.js";
import { header } from "../phones/sip-message.js";
import { names } from "../phones/transcript.js";
import type { HttpsClient } from "../support/https-client.js";
import { poll } from "../phones/waiting.js";
import { CallService, type ClientChanges, type Result } from "./call-service.js";
import { childProcesses } from "./child-processes.js";
import { Stories } from "./stories.js";

const CODE = "271828";
/** Nobody's; then one for each story that claims one. */
const DIDS = Array.from({ length: 16 }, (_, i) => `03123400${String(i).padStart(2, "0")}`);
const [FREE = ""] = DIDS;

const stories = new Stories<CallService>();
const story = stories.tell.bind(stories);

const e164 = (national: string): string => `+81${national.slice(1)}`;
let claimed = 0;

interface Tenant {
  readonly name: string;
  readonly api: HttpsClient;
  /** Its own, as it is dialled. */
  readonly did: string;
}

/** A client of a story's own, with a DID of its own. */
async function tenant(calls: CallService, changes: ClientChanges = {}): Promise<Tenant> {
  claimed += 1;
  const did = DIDS[claimed] ?? "";
  const name = `tenant-${claimed}`;
  return { name, did, api: await calls.newClient(name, { dids: [e164(did)], ...changes }) };
}

function awaited(
  calls: CallService,
  number: string,
  { api }: { readonly api: HttpsClient },
  body: Readonly<Record<string, unknown>> = {},
): Promise<Result> {
  const code = body["method"] === "caller_id" ? {} : { code: CODE };
  return calls.register(number, { direction: "inbound", ...code, ...body }, api);
}

/** Calls, and is answered; resolves when the greeting has begun. */
async function calling(
  calls: CallService,
  from: string,
  to: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<SippPhone> {
  const phone = await calls.caller("calls", { to, from, headers });
  await phone.answered();
  await phone.heard.speech();
  return phone;
}

/** Calls, and is refused as busy: unanswered, so free. */
async function busy(
  calls: CallService,
  from: string,
  to: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const phone = await calls.caller("calls-and-is-refused", { to, from, refusal: 486, headers });
  expect((await phone.done()).exitCode, phone.story()).to.equal(0);
}

async function heard(phone: SippPhone, prompt: string, locale = "ja"): Promise<void> {
  await phone.hungUpOn();
  expect(names(phone.prompts)).to.include(locale === "ja" ? prompt : `${locale}/${prompt}`);
}

const asserted = (number: string): Readonly<Record<string, string>> => ({
  "P-Asserted-Identity": `<sip:${number}@127.0.0.1>`,
});

story("a claimed DID finds its owner's only: a call for another's is unknown there", async (calls) => {
  const owner = await tenant(calls, { dids: [], locale: "en" });
  const number = calls.newNumber();
  // While nobody had claimed it, everybody could await calls there.
  const { id } = await calls.register(number, { direction: "inbound", did: owner.did });
  await calls.configure(owner.name, { dids: [e164(owner.did)] });
  const phone = await calling(calls, number, owner.did);
  await heard(phone, "unknown-number", "en");
  const result = await calls.result(id);
  expect(result).to.include({ status: "pending" });
  expect(result.attempts).to.deep.equal([]);
  const refused = await calls.api.post("/v1/verifications", {
    phone_number: number,
    direction: "inbound",
    did: owner.did,
  });
  expect(refused.status).to.equal(400);
});

story("the owner of a DID is told of a caller that nothing waits for, and no other client", async (calls) => {
  const owner = await tenant(calls);
  const number = calls.newNumber();
  const phone = await calling(calls, number, owner.did, asserted(number));
  await heard(phone, "unknown-number");
  const told = (await calls.toldTo(owner.name)).filter(({ type }) => type === "inbound.unmatched");
  expect(told.map(({ data }) => data)).to.deep.equal([
    {
      did: e164(owner.did),
      why: "unknown",
      phone_number: e164(number),
      caller_evidence: {
        from: `sip:${number}@127.0.0.1`,
        p_asserted_identity: `sip:${number}@127.0.0.1`,
        agree: true,
        privacy: null,
        trunk: "trunk",
        stir_shaken: null,
        withheld_reason: null,
      },
    },
  ]);
  const others = await calls.toldTo("test");
  expect(others.filter(({ data }) => JSON.stringify(data).includes(e164(number)))).to.deep.equal([]);
});

story("a withheld number at a claimed DID: its owner is told, and of no number", async (calls) => {
  const owner = await tenant(calls);
  const number = calls.newNumber();
  const phone = await calling(calls, '"Anonymous" <sip:anonymous@anonymous.invalid>', owner.did, {
    ...asserted(number),
    Privacy: "id",
  });
  await heard(phone, "withheld");
  const told = (await calls.toldTo(owner.name)).filter(({ type }) => type === "inbound.unmatched");
  expect(told.map(({ data }) => data)).to.have.length(1);
  expect(told[0]?.data).to.include({ did: e164(owner.did), why: "withheld", phone_number: null });
  expect(JSON.stringify(told[0]?.data)).to.not.include(number.slice(1));
});

story(
  "at an unclaimed DID all clients await calls, and with several clients nobody is told",
  async (calls) => {
    const other = await tenant(calls);
    const number = calls.newNumber();
    const { id } = await awaited(calls, number, other, { did: FREE });
    const phone = await calling(calls, number, FREE);
    await phone.press(CODE);
    await phone.hungUpOn();
    expect(await calls.ended(id, other)).to.include({ status: "verified" });
    const stranger = calls.newNumber();
    await heard(await calling(calls, stranger, FREE), "unknown-number");
    const names = Array.from({ length: claimed }, (_, i) => `tenant-${i + 1}`);
    for (const name of ["test", ...names]) {
      const told = await calls.toldTo(name);
      expect(told.filter(({ data }) => JSON.stringify(data).includes(e164(stranger)))).to.deep.equal([]);
    }
  },
);

story("each client shows a caller number of its own", async (calls) => {
  const { api } = await tenant(calls, { caller_number: "0398765432" });
  const { number } = await calls.phone("busy-486");
  await calls.register(number, {}, api);
  const invite = await calls.carrier.waitForInvite(number);
  expect(header(invite, "From")).to.match(/sip:0398765432@/);
  expect(
    header(invite, "P-Asserted-Identity"),
    "no identity is sent unless the trunk is to have one",
  ).to.equal(undefined);
  expect(JSON.stringify(invite.headers)).to.not.include("0312345678");
});

story("a client that answers nobody who needs no answer: verified, refused as busy", async (calls) => {
  const free = await tenant(calls, { answer_inbound: false });
  const number = calls.newNumber();
  const { id, call_to } = await awaited(calls, number, free, { method: "caller_id" });
  expect(call_to, "its own DID is its default").to.equal(e164(free.did));
  await busy(calls, number, free.did, asserted(number));
  const result = await calls.ended(id, free);
  expect(result).to.include({ status: "verified" });
  expect(result.attempts[0]).to.include({ outcome: "rejected", answered_at: null });
});

story(
  "evidence demanded and missing: told so, recorded, still pending; then there: verified",
  async (calls) => {
    const strict = await tenant(calls, { demand_evidence: "agree" });
    const number = calls.newNumber();
    const { id } = await awaited(calls, number, strict);
    const first = await calling(calls, number, strict.did);
    await first.press(CODE);
    await heard(first, "service-trouble");
    const between = await calls.ended(id, strict);
    expect(between).to.include({ status: "pending", reason: null, code_entries: 0 });
    expect(between.attempts[0]).to.include({ direction: "inbound", outcome: "answered" });
    expect(between.attempts[0]?.caller_evidence).to.include({ from: `sip:${number}@127.0.0.1`, agree: null });
    const second = await calling(calls, number, strict.did, asserted(number));
    await second.press(CODE);
    await second.hungUpOn();
    const result = await calls.ended(id, { ...strict, calls: 2 });
    expect(result).to.include({ status: "verified", code_entries: 1 });
    expect(result.attempts[1]?.caller_evidence).to.include({ agree: true });
  },
);

story("caller_id without the demanded evidence: refused as busy, and nothing is proved", async (calls) => {
  const strict = await tenant(calls, { demand_evidence: "stir_shaken" });
  const number = calls.newNumber();
  const { id } = await awaited(calls, number, strict, { method: "caller_id" });
  await busy(calls, number, strict.did);
  const between = await calls.ended(id, strict);
  expect(between).to.include({ status: "pending" });
  expect(between.attempts[0]).to.include({ outcome: "rejected", answered_at: null });
  const passed = `<tel:${e164(number)};verstat=TN-Validation-Passed>`;
  await calling(calls, number, strict.did, { "P-Asserted-Identity": passed });
  expect(await calls.result(id, strict.api)).to.include({ status: "verified" });
  expect(calls.carrier.invitesTo(number), "nobody is called back").to.deep.equal([]);
});

story(
  "called back: the caller hears busy, the telephone of that number rings and keys the code",
  async (calls) => {
    const back = await tenant(calls, {
      demand_evidence: "agree",
      missing_evidence: "call_back",
      caller_number: "0398765431",
    });
    const { phone, number } = await calls.phone("answers");
    const { id } = await awaited(calls, number, back);
    await busy(calls, number, back.did);
    await phone.answered();
    expect(header(await calls.carrier.waitForInvite(number), "From")).to.match(/sip:0398765431@/);
    await phone.heard.speech();
    await phone.press(CODE);
    await phone.hungUpOn();
    const result = await calls.ended(id, { ...back, calls: 2 });
    expect(result).to.include({ status: "verified", code_entries: 1 });
    const [came, went] = result.attempts;
    expect(came).to.include({ direction: "inbound", outcome: "rejected", answered_at: null });
    expect(went).to.include({ direction: "outbound", outcome: "answered", caller_evidence: null });
    expect(calls.saidTo(id)).to.match(/greeting ask-code verified goodbye$/);
  },
);

story(
  "a call back that is not answered fails nothing, and a telephone rings three times at most",
  async (calls) => {
    const back = await tenant(calls, { demand_evidence: "agree", missing_evidence: "call_back" });
    const number = calls.newNumber();
    calls.carrier.reply(number, 486, "Busy Here");
    const { id } = await awaited(calls, number, back);
    for (const nth of [1, 2, 3]) {
      await busy(calls, number, back.did);
      const result = await calls.ended(id, { ...back, calls: nth * 2 });
      expect(result).to.include({ status: "pending", reason: null });
      expect(result.attempts.at(-1)).to.include({ direction: "outbound", outcome: "busy" });
    }
    await heard(await calling(calls, number, back.did), "service-trouble");
    expect(await calls.ended(id, { ...back, calls: 7 })).to.include({ status: "pending" });
    expect(calls.carrier.invitesTo(number)).to.have.length(3);
  },
);

story("a number that may not be called is not called back either", async (calls) => {
  const back = await tenant(calls, { demand_evidence: "agree", missing_evidence: "call_back" });
  const foreign = "+12125552671";
  const { id } = await awaited(calls, foreign, back);
  await heard(await calling(calls, foreign, back.did), "service-trouble");
  expect(await calls.ended(id, back)).to.include({ status: "pending" });
  expect(calls.carrier.invitesTo(foreign)).to.deep.equal([]);
});

story("a client at its limit waits, and holds up nobody else", async (calls) => {
  const { api } = await tenant(calls, { max_calls: 1 });
  const [ringing, waiting] = [await calls.phone("rings-until-canceled"), await calls.phone("busy-486")];
  const first = await calls.register(ringing.number, {}, api);
  await ringing.phone.ringing();
  const second = await calls.register(waiting.number, {}, api);
  const other = await calls.phone("busy-486");
  const others = await calls.register(other.number);
  expect(await calls.ended(others.id)).to.include({ reason: "busy" });
  expect(await calls.result(second.id, api)).to.include({ status: "pending" });
  expect(calls.carrier.invitesTo(waiting.number)).to.deep.equal([]);
  await api.post(`/v1/verifications/${first.id}/cancel`, {});
  expect(await calls.ended(second.id, { api })).to.include({ reason: "busy" });
});

story("keys are accepted from the client's own addresses only, from the next request on", async (calls) => {
  const { api, name } = await tenant(calls, { ip_allow: ["192.0.2.0/24"] });
  const register = (): Promise<{ status: number; json: Record<string, unknown> }> =>
    api.post("/v1/verifications", { phone_number: calls.newNumber(), direction: "inbound" });
  const refused = await register();
  expect(refused.status).to.equal(403);
  expect(refused.json).to.include({ code: "address_not_allowed" });
  await calls.configure(name, { ip_allow: ["192.0.2.0/24", "127.0.0.1"] });
  expect((await register()).status).to.equal(201);
});

describe("several clients of one service, through the real Asterisk", function () {
  this.timeout(240_000);
  let calls: CallService;

  before(async () => {
    calls = await CallService.start({ HONNIN_DIDS: DIDS.join(","), HONNIN_RING_SECONDS: "60" });
    stories.playOn(calls);
  });

  stories.report();

  after(async () => {
    await stories.over();
    await calls.stop();
  });

  it("leaves no channel and nothing secret in the log", async () => {
    await stories.over();
    // The last guidance may still be heard.
    await poll(async () => (await calls.openChannels()).length === 0, 60_000, "the last call to end");
    expect(calls.logged).to.not.match(/9011110|271828|2125552671/);
  });

  it("leaves no process when it is stopped", async () => {
    await calls.stop();
    expect(childProcesses()).to.deep.equal([]);
  });
});
