import { existsSync } from "node:fs";

import { expect } from "chai";

import type { Command } from "../../src/programs/command.js";
import { Carrier } from "./carrier.js";
import { dtmfTones } from "./dtmf-tones.js";
import { promptsIn } from "./ear.js";
import { sippProgram } from "./programs.js";
import { knownPrompt, PromptIndex } from "./prompt-index.js";
import type { AnsweringScenario, CallingScenario } from "./scenario.js";
import { header } from "./sip-message.js";
import { type AnsweringOptions, type CallingOptions, SippPhone } from "./sipp.js";
import type { Loss } from "./telephone-events.js";
import { names } from "./transcript.js";

/** Two networks joined: one has the callers, the other the called, so that no Asterisk is needed. */
describe("the telephones of the tests", () => {
  let program: Command;
  let near: Carrier;
  let far: Carrier;
  const phones: SippPhone[] = [];

  before(async () => {
    program = await sippProgram();
  });

  beforeEach(async () => {
    near = await Carrier.start();
    far = await Carrier.start({ asteriskPort: near.port });
    near.linkTo(far.port);
  });

  afterEach(async () => {
    await Promise.all(phones.splice(0).map((phone) => phone.stop()));
    await Promise.all([near.stop(), far.stop()]);
  });

  type Extra<Options> = Partial<Omit<Options, "program">>;

  async function called(
    number: string,
    scenario: AnsweringScenario,
    extra: Extra<AnsweringOptions> = {},
  ): Promise<SippPhone> {
    const phone = await SippPhone.answering(scenario, { program, ...extra });
    phones.push(phone);
    far.connect(number, phone.port);
    return phone;
  }

  async function calling(
    to: string,
    scenario: CallingScenario = "calls",
    extra: Extra<CallingOptions> = {},
  ): Promise<SippPhone> {
    const phone = await SippPhone.calling(scenario, {
      program,
      via: near.port,
      from: "0312345678",
      to,
      ...extra,
    });
    phones.push(phone);
    return phone;
  }

  it("are called at their number, and hear the keys that the other side presses", async () => {
    const phone = await called("09012345678", "answers");
    const caller = await calling("09012345678");
    await Promise.all([caller.answered(), phone.answered()]);
    await caller.press("0123456789*#");
    expect(phone.keysHeard).to.equal("0123456789*#");
    await phone.press("42");
    expect(caller.keysHeard).to.equal("42");
    await caller.hangUp();
    await phone.hungUpOn();
    expect((await phone.done()).exitCode, phone.story()).to.equal(0);
    expect((await caller.done()).exitCode, caller.story()).to.equal(0);
  });

  const losses: [string, Loss][] = [
    ["every third packet is lost", { dropEveryNth: 3 }],
    ["two of three end packets are lost", { endPackets: 1 }],
    ["the end of each key is lost", { endPackets: 0 }],
    ["every second packet arrives twice", { duplicateEveryNth: 2 }],
  ];
  for (const [trouble, loss] of losses) {
    it(`hear each key once when ${trouble}`, async () => {
      const phone = await called("09012345678", "answers-at-once");
      const caller = await calling("09012345678");
      await caller.answered();
      await phone.answered();
      await caller.press("112233", loss);
      expect(phone.keysHeard).to.equal("112233");
    });
  }

  it("notice when the other side begins to speak and when it stops, and know what it said", async () => {
    const phone = await called("09012345678", "answers");
    const caller = await calling("09012345678");
    await Promise.all([caller.answered(), phone.answered()]);
    const tones = dtmfTones("159", { toneMs: 200, gapMs: 60 });
    const said = caller.say(tones);
    const speechAt = await phone.heard.speech();
    await said;
    const lastAt = await phone.heard.silence(300);
    expect(lastAt).to.be.greaterThan(speechAt);
    const known = [knownPrompt("ja", "159", tones, "ulaw"), knownPrompt("ja", "2", dtmfTones("2"), "ulaw")];
    const index = new PromptIndex(known.filter((sound) => sound !== undefined));
    expect(names(promptsIn(phone.heard.packets, () => index))).to.equal("159");
  });

  it("are many at one time, each with its own number and its own call", async () => {
    const numbers = ["09000000001", "09000000002", "09000000003", "09000000004"];
    const called_ = await Promise.all(numbers.map((number) => called(number, "answers")));
    const callers = await Promise.all(numbers.map((number) => calling(number)));
    await Promise.all([...called_, ...callers].map((phone) => phone.answered()));
    await Promise.all(callers.map((caller, n) => caller.press(`${n}${n}${n}`)));
    expect(called_.map((phone) => phone.keysHeard)).to.deep.equal(["000", "111", "222", "333"]);
  });

  it("ring until they are told to answer", async () => {
    const phone = await called("09012345678", "answers", { ringMs: "until told" });
    const caller = await calling("09012345678");
    await caller.ringing();
    await phone.answer();
    await caller.answered();
  });

  it("let the network speak before they answer", async () => {
    const phone = await called("09012345678", "answers-after-early-media", { ringMs: "until told" });
    const caller = await calling("09012345678");
    await caller.message((message) => message.startLine.startsWith("SIP/2.0 183"), "early media");
    await phone.answer();
    await caller.answered();
  });

  it("hang up in the middle of keying", async () => {
    const phone = await called("09012345678", "answers-at-once");
    const caller = await calling("09012345678");
    await phone.answered();
    await phone.press("12");
    await phone.hangUp();
    await caller.hungUpOn();
    expect((await phone.done()).exitCode, phone.story()).to.equal(0);
  });

  for (const scenario of ["rings-until-canceled", "answers"] as const) {
    it(`stop ringing (${scenario}) when the caller gives up`, async () => {
      const phone = await called("09012345678", scenario, { ringMs: "until told" });
      const caller = await calling("09012345678");
      await caller.ringing();
      await caller.hangUp();
      expect((await caller.done()).exitCode, caller.story()).to.equal(0);
      expect((await phone.done()).exitCode, phone.story()).to.equal(0);
    });
  }

  it("refuse with the status of their scenario and the cause of the network", async () => {
    const phone = await called("09012345678", "busy-486", { headers: { Reason: "Q.850;cause=17" } });
    const caller = await calling("09012345678", "calls-and-is-refused", { refusal: 486 });
    const refusal = await caller.refused();
    expect(refusal.startLine).to.equal("SIP/2.0 486 Busy Here");
    expect(header(refusal, "Reason")).to.equal("Q.850;cause=17");
    expect((await phone.done()).exitCode, phone.story()).to.equal(0);
  });

  it("show the caller's identity as the test has given it", async () => {
    const phone = await called("0312340000", "answers-at-once");
    await calling("0312340000", "calls", {
      from: '"Anonymous" <sip:anonymous@anonymous.invalid>',
      headers: { "P-Asserted-Identity": "<sip:+819012345678@carrier.example>", Privacy: "id" },
    });
    await phone.answered();
    const [invite] = phone.messages;
    expect(header(invite!, "From")).to.match(/^"Anonymous" <sip:anonymous@anonymous\.invalid>;tag=/);
    expect(header(invite!, "P-Asserted-Identity")).to.equal("<sip:+819012345678@carrier.example>");
    expect(header(invite!, "Privacy")).to.equal("id");
  });

  it("leave neither process nor folder behind", async () => {
    const phone = await called("09012345678", "answers");
    const { pid, folder } = phone;
    expect([existsSync(`/proc/${pid}`), existsSync(folder)]).to.deep.equal([true, true]);
    await phone.stop();
    expect([existsSync(`/proc/${pid}`), existsSync(folder)]).to.deep.equal([false, false]);
  });
});

describe("the carrier", () => {
  let program: Command;
  let near: Carrier;
  let far: Carrier;

  before(async () => {
    program = await sippProgram();
    near = await Carrier.start();
    far = await Carrier.start({ asteriskPort: near.port });
    near.linkTo(far.port);
  });

  after(async () => {
    await Promise.all([near.stop(), far.stop()]);
  });

  async function callTo(to: string, refusal: number): Promise<SippPhone> {
    return SippPhone.calling("calls-and-is-refused", {
      program,
      via: near.port,
      from: "0312345678",
      to,
      refusal,
    });
  }

  it("refuses by itself where it is told to, with extra headers", async () => {
    far.reply("09011110000", 503, "Service Unavailable", { Reason: "Q.850;cause=34" });
    const caller = await callTo("09011110000", 503);
    expect(header(await caller.refused(), "Reason")).to.equal("Q.850;cause=34");
    expect((await caller.done()).exitCode, caller.story()).to.equal(0);
  });

  it("says 404 where nobody was connected", async () => {
    const caller = await callTo("09011110001", 404);
    expect((await caller.done()).exitCode, caller.story()).to.equal(0);
  });

  it("swallows calls in silence where it is told to, and still tells the test of them", async () => {
    far.silent("09011110002");
    const caller = await callTo("09011110002", 503);
    await far.waitForInvite("09011110002");
    // One retransmission (RFC 3261: after 500 ms) proves that the first was heard by nobody.
    const sent = (): number => caller.messages.filter(({ direction }) => direction === "sent").length;
    await caller.message(() => sent() === 2, "the INVITE to be repeated");
    expect(far.invitesTo("09011110002")).to.have.length(1);
    const { messages } = await caller.stop();
    expect(messages.filter(({ direction }) => direction === "received")).to.deep.equal([]);
  });
});
