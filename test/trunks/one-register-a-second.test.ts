import { expect } from "chai";
import type { TrunkSettings } from "../../src/asterisk/trunk-settings.js";
import { prepareAsterisk } from "../asterisk/running-asterisk.js";
import { challenge, reply, SipPeer } from "../asterisk/sip-peer.js";
import { poll } from "../phones/waiting.js";

const LINES = ["line-1", "line-2", "line-3"];
/** By the registrar's own clock. */
const A_SECOND = 1_000;
const LONG_MS = 60_000;

/** A provider that takes one registration a second, a digest and its challenge together, and refuses what comes sooner. */
class StrictRegistrar {
  /** Of those that it took and of those that came too soon: the lines, in order. */
  readonly taken: string[] = [];
  readonly refused: string[] = [];
  #last: { readonly callId: string; readonly at: number } | undefined;
  /** By Call-ID and CSeq: what is sent once more, as UDP has it, is no other. */
  readonly #answers = new Map<string, string>();

  answer(request: string): string | null {
    if (!request.startsWith("REGISTER "))
      return request.startsWith("OPTIONS ") ? reply(request, "200 OK") : null;
    const which = [/^Call-ID: \S+/m, /^CSeq: \d+/m].map((header) => header.exec(request)?.[0]).join();
    const answer = this.#answers.get(which) ?? this.#judge(request);
    this.#answers.set(which, answer);
    return answer;
  }

  #judge(request: string): string {
    const line = /^To: <sip:([^@]+)@/m.exec(request)?.[1] ?? "";
    const callId = /^Call-ID: (\S+)/m.exec(request)?.[1] ?? "";
    const at = performance.now();
    const tooSoon = this.#last !== undefined && this.#last.callId !== callId && at - this.#last.at < A_SECOND;
    this.#last = { callId, at };
    if (tooSoon) {
      this.refused.push(line);
      return reply(request, "503 Too Many Registrations");
    }
    if (!request.includes("Authorization: ")) return challenge(request, "MD5");
    this.taken.push(line);
    return reply(request, "200 OK", ["Expires: 3600"]);
  }
}

describe("a provider that takes one REGISTER a second", () => {
  it("gets them one after another, after a start and after Asterisk's sudden end, and none too soon", async () => {
    const registrar = new StrictRegistrar();
    await using peer = await SipPeer.start((request) => registrar.answer(request));
    const trunk = (username: string): TrunkSettings => ({
      ...{ name: username, uri: peer.uri, register: true, username, password: "trunk-password" },
    });
    await using own = await prepareAsterisk({ trunks: LINES.map(trunk) });
    await own.asterisk.start();
    const all = (times: number): Promise<void> =>
      poll(() => Promise.resolve(registrar.taken.length === LINES.length * times), LONG_MS, "all of them");
    await all(1);
    expect(registrar.taken).to.deep.equal(LINES);
    await poll(
      () => Promise.resolve(own.asterisk.registrations.every(({ taken }) => taken)),
      LONG_MS,
      "their state",
    );
    own.asterisk.supervisor.kill();
    await all(2);
    expect(registrar.taken.slice(LINES.length)).to.deep.equal(LINES);
    await own.asterisk.stop();
    expect(registrar.refused).to.deep.equal([]);
  });
});
