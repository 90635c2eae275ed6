import { expect } from "chai";
import { finalStatus, type SipRequest } from "../asterisk/sip-request.js";
import type { HttpsClient } from "../support/https-client.js";
import { ASTERISKS } from "./asterisks.js";
import { CallService, type Result } from "./call-service.js";

const MAIN = "0312345678";
const OTHER = "0698765432";
const e164 = (national: string): string => `+81${national.slice(1)}`;
/** The answers to a caller who is verified and was not to be answered, and to one who called no number of ours. */
const [VERIFIED, NO_SUCH_NUMBER] = [486, 404];
/** Of Asterisk 16 itself: it takes no request whose To is no sip: URI. */
const UNSUPPORTED_SCHEME = 416;

for (const asterisk of ASTERISKS) {
  describe(`where the DID is read, through ${asterisk.title}`, function () {
    this.timeout(240_000);
    let calls: CallService;
    let first: HttpsClient;
    let second: HttpsClient;

    before(async () => {
      const env = { HONNIN_DIDS: `${MAIN},${OTHER}`, HONNIN_ANSWER_INBOUND: "false" };
      calls = await CallService.start(env, asterisk);
      first = await calls.newClient("first", { dids: [e164(MAIN)], demand_evidence: "none" });
      second = await calls.newClient("second", { dids: [e164(OTHER)], demand_evidence: "none" });
    });
    after(async () => {
      expect(await calls.openChannels()).to.deep.equal([]);
      await calls.stop();
    });

    /** The caller is waited for at both DIDs, each another client's; resolves to how both stand after the call. */
    async function called(
      request: Partial<SipRequest>,
    ): Promise<{ answer: number; first: string; second: string }> {
      const number = calls.newNumber();
      const body = { direction: "inbound", method: "caller_id" };
      const [atFirst, atSecond] = [
        await calls.register(number, body, first),
        await calls.register(number, body, second),
      ];
      const answer = await finalStatus({
        method: "INVITE",
        from: "127.0.0.1",
        caller: number,
        called: MAIN,
        port: calls.service.sipPort,
        ...request,
        lines: [`P-Asserted-Identity: <sip:${number}@carrier.example>`, ...(request.lines ?? [])],
      });
      const status = async ({ id }: Result, api: HttpsClient): Promise<string> =>
        (await calls.result(id, api)).status;
      return { answer, first: await status(atFirst, first), second: await status(atSecond, second) };
    }

    const onlySecond = { answer: VERIFIED, first: "pending", second: "verified" };
    const onlyFirst = { answer: VERIFIED, first: "verified", second: "pending" };

    it("one registration, two DIDs: To has the number that was dialled, and its owner alone is told", async () => {
      for (const user of ["line-1", "7", "honnin", MAIN]) {
        const requestUri = `sip:${user}@127.0.0.1:${String(calls.service.sipPort)}`;
        expect(await called({ requestUri, to: `<sip:${OTHER}@carrier.example>` }), user).to.deep.equal(
          onlySecond,
        );
      }
    });

    it("To as tel: with a phone-context, or spelled in E.164 with and without plus", async () => {
      const requestUri = `sip:line-1@127.0.0.1:${String(calls.service.sipPort)}`;
      for (const to of [
        "<sip:81698765432@carrier.example>",
        "<sip:+81698765432@carrier.example;user=phone>",
        `<sip:${OTHER};phone-context=+81@carrier.example;user=phone>`,
        `<tel:${OTHER};phone-context=+81>`,
        "<tel:+81698765432>",
      ]) {
        const taken = asterisk.installation === undefined || !to.startsWith("<tel:");
        expect(await called({ requestUri, to }), to).to.deep.equal(
          taken ? onlySecond : { answer: UNSUPPORTED_SCHEME, first: "pending", second: "pending" },
        );
      }
    });

    it("P-Called-Party-ID before both", async () => {
      const lines = [`P-Called-Party-ID: <sip:${OTHER}@carrier.example>`];
      expect(await called({ to: `<sip:${MAIN}@carrier.example>`, lines })).to.deep.equal(onlySecond);
    });

    it("the Request-URI where To names none of ours: the calls to another number are led here", async () => {
      expect(await called({ to: "<sip:0459876543@carrier.example>" })).to.deep.equal(onlyFirst);
    });

    // Asterisk 16 itself has nobody for a request without a user.
    if (asterisk.installation === undefined) {
      it("the Request-URI has no user: To tells", async () => {
        const requestUri = `sip:127.0.0.1:${String(calls.service.sipPort)}`;
        expect(await called({ requestUri, to: `<sip:${OTHER}@carrier.example>` })).to.deep.equal(onlySecond);
      });
    }

    it("nowhere a number of ours, or only in a header that is not looked at: 404, and nobody is verified", async () => {
      const nobody = { answer: NO_SUCH_NUMBER, first: "pending", second: "pending" };
      const to = "<sip:0459876543@carrier.example>";
      expect(await called({ called: "0459876543", to })).to.deep.equal(nobody);
      // The user that is there for OPTIONS, and is called by nobody.
      expect(await called({ called: "r", to })).to.deep.equal(nobody);
      expect(await called({ called: "line-1", to, lines: [`Alert-Info: ${OTHER}`] })).to.deep.equal(nobody);
      const two = `P-Called-Party-ID: <sip:${MAIN}@carrier.example>, <sip:${OTHER}@carrier.example>`;
      expect(await called({ lines: [two] })).to.deep.equal(nobody);
    });
  });
}

describe("where the DID is read, as the administrator says", function () {
  this.timeout(120_000);

  it("in Alert-Info and nowhere else", async () => {
    const env = {
      HONNIN_DIDS: `${MAIN},${OTHER}`,
      HONNIN_TRUNK_DID_FROM: "alert-info",
      HONNIN_ANSWER_INBOUND: "false",
    };
    const calls = await CallService.start(env);
    try {
      await calls.configure("test", { demand_evidence: "none" });
      const number = calls.newNumber();
      const { id } = await calls.register(number, { direction: "inbound", method: "caller_id", did: OTHER });
      const request = {
        method: "INVITE",
        from: "127.0.0.1",
        caller: number,
        port: calls.service.sipPort,
      } as const;
      expect(await finalStatus({ ...request, called: OTHER })).to.equal(NO_SUCH_NUMBER);
      const lines = [`P-Asserted-Identity: <sip:${number}@carrier.example>`, `Alert-Info: ${OTHER}`];
      expect(await finalStatus({ ...request, called: MAIN, lines })).to.equal(VERIFIED);
      expect(await calls.result(id)).to.include({ status: "verified" });
    } finally {
      await calls.stop();
    }
  });
});
