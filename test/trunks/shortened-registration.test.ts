import { expect } from "chai";
import { prepareAsterisk } from "../asterisk/running-asterisk.js";
import { challenge, reply, SipPeer } from "../asterisk/sip-peer.js";
import { poll } from "../phones/waiting.js";

const ASKED = 3600;
/** Seconds. */
const GRANTED = 20;
const LONG_MS = 120_000;

const headerOf = (request: string, name: string): string =>
  new RegExp(`^${name}: (.*)\\r$`, "m").exec(request)?.[1] ?? "";

/** Grants less than it is asked for, and notes where that is over before it has been registered with anew. */
class ShortRegistrar implements Disposable {
  readonly course: string[] = [];
  readonly taken: string[] = [];
  #end: NodeJS.Timeout | undefined;

  answer(request: string): string | null {
    if (!request.startsWith("REGISTER ")) return null;
    if (!request.includes("Authorization: ")) return challenge(request, "MD5");
    clearTimeout(this.#end);
    this.course.push("registered");
    this.taken.push(request);
    this.#end = setTimeout(() => this.course.push("over"), GRANTED * 1_000);
    const contact = headerOf(request, "Contact");
    return reply(request, "200 OK", [`Contact: ${contact};expires=${String(GRANTED)}`]);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#end);
  }
}

describe("a carrier that grants a registration for less than it is asked for", function () {
  this.timeout(2 * LONG_MS);

  it("gets the same one anew before that is over, again and again, and in between it is not given up", async () => {
    using registrar = new ShortRegistrar();
    await using peer = await SipPeer.start((request) => registrar.answer(request));
    const who = { username: "line-1", password: "trunk-password", register: true };
    await using own = await prepareAsterisk({
      trunks: [{ name: "trunk", uri: peer.uri, ...who, registerSeconds: ASKED }],
    });
    await own.asterisk.start();
    await poll(() => Promise.resolve(registrar.course.length >= 3), LONG_MS, "the third registration");
    const [course, taken] = [registrar.course.slice(0, 3), registrar.taken.slice(0, 3)];
    await own.asterisk.stop();
    expect(course).to.deep.equal(["registered", "registered", "registered"]);
    // With `expires=0` or `Expires: 0` it would be taken back.
    for (const request of taken) expect(headerOf(request, "Expires")).to.equal(String(ASKED));
    for (const header of ["Call-ID", "Contact", "From"])
      expect(
        new Set(taken.map((request) => headerOf(request, header).replace(/;tag=.*/, ""))).size,
        header,
      ).to.equal(1);
    const order = taken.map((request) => parseInt(headerOf(request, "CSeq")));
    expect(order).to.deep.equal([...new Set(order)].sort((one, other) => one - other));
  });
});
