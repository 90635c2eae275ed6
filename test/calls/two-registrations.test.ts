import { expect } from "chai";
import { finalStatus } from "../asterisk/sip-request.js";
import { reply, SipPeer } from "../asterisk/sip-peer.js";
import { poll } from "../phones/waiting.js";
import { withTrunks } from "./listed-trunks.js";

const DID = "0312345678";
/** To a caller who is verified and was not to be answered, and to a call that nobody can tell apart. */
const [VERIFIED, NOBODYS] = [486, 404];

describe("two registrations at one carrier", function () {
  this.timeout(180_000);

  it("have each their own answer, and a call says by its contact which one it came by", async () => {
    await using carrier = await SipPeer.start((request) => {
      if (!request.startsWith("REGISTER ")) return null;
      return reply(request, request.includes("To: <sip:line-2@") ? "403 Forbidden" : "200 OK");
    });
    const trunk = (name: string, username: string): Record<string, string> => ({
      ...{ name, uri: carrier.uri, register: "true", username, password: "trunk-password" },
    });
    const env = { HONNIN_DIDS: DID, HONNIN_ANSWER_INBOUND: "false" };
    await withTrunks(
      [trunk("first", "line-1"), trunk("second", "line-2")],
      async (calls) => {
        const refused = "trunk second refuses our registration (403)";
        await poll(() => Promise.resolve(calls.logged.includes(refused)), 60_000, "the refusal");
        expect(calls.logged).not.to.contain("trunk first refuses").and.not.contain("trunk-password");

        await calls.configure("test", { demand_evidence: "none" });
        const called = async (contact: string): Promise<[number, string | null | undefined]> => {
          const number = calls.newNumber();
          const { id } = await calls.register(number, { direction: "inbound", method: "caller_id" });
          const status = await finalStatus({
            ...({ method: "INVITE", from: "127.0.0.1", caller: number, called: contact } as const),
            port: calls.service.sipPort,
            to: `<sip:${DID}@carrier.example>`,
            lines: [`P-Asserted-Identity: <sip:${number}@carrier.example>`],
          });
          const { attempts } = await calls.result(id);
          expect(attempts[0]?.caller_evidence?.["trunk"]).to.equal(attempts[0]?.trunk);
          return [status, attempts[0]?.trunk];
        };
        expect(await called("line-1")).to.deep.equal([VERIFIED, "first"]);
        expect(await called("line-2")).to.deep.equal([VERIFIED, "second"]);
        expect(await called("line-3"), "nobody guesses").to.deep.equal([NOBODYS, undefined]);
      },
      env,
    );
  });
});
