import { expect } from "chai";
import { randomUUID } from "node:crypto";
import { finalStatus } from "../asterisk/sip-request.js";
import { ASTERISKS } from "../calls/asterisks.js";
import { CallService } from "../calls/call-service.js";
import { figure } from "./figures.js";

const DID = "0312340000";
/** The answer to a caller whose number was enough by itself, and who was not to be answered. */
const VERIFIED = 486;
/** The answer to one who is told something. */
const TOLD = 200;

interface Forgery {
  readonly what: string;
  /** Header lines, given the number of a person who is waited for. From is that number's where none is among them. */
  readonly lines: (victim: string) => readonly string[];
}

const pai = (number: string): string => `P-Asserted-Identity: <sip:${number}@carrier.example>`;
const LONG = "x".repeat(4_080);

/** The network says something of the caller that cannot be read, and From is the caller's own. */
const UNREADABLE: readonly Forgery[] = [
  {
    what: "a P-Asserted-Identity with a display name of 4,080 characters",
    lines: () => [`P-Asserted-Identity: "${LONG}" <sip:0311112222@carrier.example>`],
  },
  {
    what: "one of 3,980, so that its end is cut off",
    lines: (victim) => [
      `P-Asserted-Identity: "${LONG.slice(100)}" <sip:${victim}@carrier.example>, <tel:0311112222;a=${LONG.slice(0, 60)}>`,
    ],
  },
  {
    what: "one whose quoted name never ends",
    lines: (victim) => [`P-Asserted-Identity: "never closed <sip:${victim}@carrier.example>`],
  },
  { what: "an empty one", lines: () => ["P-Asserted-Identity:"] },
  { what: "one of another scheme", lines: () => ["P-Asserted-Identity: <urn:service:sos>"] },
  {
    what: "a good one and one that is too long",
    lines: (victim) => [pai(victim), `P-Asserted-Identity: "${LONG}" <sip:0311112222@carrier.example>`],
  },
  {
    what: "two that name different numbers",
    lines: (victim) => [pai(victim), pai("0311112222")],
  },
  {
    what: "three, of which the third names another number",
    lines: (victim) => [pai(victim), pai(victim), pai("0311112222")],
  },
  {
    what: "three in one field, folded over two lines",
    lines: (victim) => [`${pai(victim)},\r\n <tel:${victim}>, <sip:0311112222@carrier.example>`],
  },
  {
    what: "a From with a display name of 4,080 characters",
    lines: (victim) => [`From: "${LONG}" <sip:${victim}@carrier.example>;tag=${randomUUID()}`, pai(victim)],
  },
];

/** The caller keeps the number back, and says so in a way of its own. */
const WITHHELD: readonly Forgery[] = [
  {
    what: "Privacy: none beside Privacy: id",
    lines: (victim) => [pai(victim), "Privacy: none", "Privacy: id"],
  },
  {
    what: "Privacy: id beside Privacy: none",
    lines: (victim) => [pai(victim), "Privacy: id", "Privacy: none"],
  },
  { what: "both in one field", lines: (victim) => [pai(victim), "Privacy: none;id"] },
  { what: "folded", lines: (victim) => [pai(victim), "Privacy: critical;\r\n id"] },
  {
    what: "the third of three fields",
    lines: (victim) => [pai(victim), "Privacy: none", "Privacy: session", "Privacy: id"],
  },
  { what: "too long to be read", lines: (victim) => [pai(victim), `Privacy: id;${LONG}`] },
  { what: "cut off before its end", lines: (victim) => [pai(victim), `Privacy: ${"none;".repeat(814)}id`] },
  { what: "empty", lines: (victim) => [pai(victim), "Privacy:"] },
  { what: "a word that nobody knows", lines: (victim) => [pai(victim), "Privacy: full"] },
];

for (const asterisk of ASTERISKS) {
  describe(`a forged identity, through ${asterisk.title}`, function () {
    this.timeout(240_000);
    let calls: CallService;
    let verified = 0;
    let tried = 0;

    before(async () => {
      const env = { HONNIN_DIDS: DID, HONNIN_ANSWER_INBOUND: "false" };
      calls = await CallService.start(env, asterisk);
      // What the network must have said is another matter: here a bare From is to be enough.
      await calls.configure("test", { dids: [DID], demand_evidence: "none" });
    });
    after(async () => {
      figure(
        `calls with a forged or withheld identity that were verified, of ${tried} (${asterisk.title})`,
        verified,
      );
      await calls.stop();
    });

    async function call(
      lines: readonly string[],
      victim: string,
      forged = true,
    ): Promise<{ answer: number; status: string }> {
      const { id } = await calls.register(victim, { direction: "inbound", method: "caller_id" });
      const fromLines = lines.filter((line) => line.startsWith("From:"));
      const answer = await finalStatus({
        method: "INVITE",
        from: "127.0.0.1",
        caller: victim,
        called: DID,
        port: calls.service.sipPort,
        ...(fromLines.length === 0 ? {} : { fromLines }),
        lines: lines.filter((line) => !line.startsWith("From:")),
      });
      const { status } = await calls.result(id);
      if (forged) tried += 1;
      if (forged && status === "verified") verified += 1;
      return { answer, status };
    }

    it("an honest one is verified, whether From, one field, two fields or a folded one tell it", async () => {
      const honest = [
        () => [],
        (victim: string) => [pai(victim)],
        (victim: string) => [pai(victim), `P-Asserted-Identity: <tel:+81${victim.slice(1)}>`],
        (victim: string) => [`${pai(victim)},\r\n <tel:+81${victim.slice(1)}>`],
        (victim: string) => [pai(victim), "Privacy: none"],
      ];
      for (const lines of honest) {
        const victim = calls.newNumber();
        expect(await call(lines(victim), victim, false)).to.deep.equal({
          answer: VERIFIED,
          status: "verified",
        });
      }
    });

    for (const { what, lines } of UNREADABLE) {
      it(`${what}: nobody is verified, whatever From says`, async () => {
        const victim = calls.newNumber();
        expect(await call(lines(victim), victim)).to.deep.equal({ answer: TOLD, status: "pending" });
        expect(calls.unmatched.at(-1)).to.include({ why: "unknown", number: null });
      });
    }

    for (const { what, lines } of WITHHELD) {
      it(`a number withheld by Privacy, ${what}: neither used nor stored`, async () => {
        const victim = calls.newNumber();
        expect(await call(lines(victim), victim)).to.deep.equal({ answer: TOLD, status: "pending" });
        expect(calls.unmatched.at(-1)).to.include({ why: "withheld", number: null });
        const told = (await calls.toldTo("test")).filter(({ type }) => type === "inbound.unmatched");
        expect(JSON.stringify([calls.unmatched, told])).to.not.include(victim.slice(1));
      });
    }

    it("a verdict in the caller's own From is none", async () => {
      await calls.configure("test", { demand_evidence: "stir_shaken" });
      const victim = calls.newNumber();
      const verdict = "verstat=TN-Validation-Passed";
      const own = `From: <sip:${victim};${verdict}@carrier.example;${verdict}>;tag=${randomUUID()}`;
      for (const lines of [[own], [own, pai(victim)]]) {
        expect((await call(lines, victim)).status).to.equal("pending");
      }
      const asserted = `P-Asserted-Identity: <tel:+81${victim.slice(1)};${verdict}>`;
      expect((await call([asserted], victim, false)).status).to.equal("verified");
    });

    it("leaves no channel, and no number in the log", async () => {
      expect(await calls.openChannels()).to.deep.equal([]);
      expect(calls.logged).to.not.match(/9011110/);
    });
  });
}
