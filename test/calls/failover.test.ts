import { expect } from "chai";
import { createServer } from "node:net";
import { once } from "node:events";
import { reply, SipPeer } from "../asterisk/sip-peer.js";
import { PATIENCE_MS, poll } from "../phones/waiting.js";
import type { CallService, Result } from "./call-service.js";
import { serviceWithTrunks } from "./listed-trunks.js";

/** What the trunk that is asked first answers to an INVITE, one after another; none: it is silent. */
type Manner = readonly string[];

const NO_LINE = ['Reason: Q.850;cause=34;text="no circuit"'];

const GOES_OVER: Readonly<Record<string, Manner>> = {
  "503 at once": ["503 Service Unavailable"],
  "500 after 100": ["100 Trying", "500 Server Internal Error"],
  "silence, not even 100": [],
  "488, the voice is not to its taste": ["488 Not Acceptable Here"],
  "400, it does not like the message": ["400 Bad Request"],
  "403, it has forgotten our registration": ["403 Forbidden"],
  "486 for want of a line, as gateways say it": ["486 Busy Here"],
};

const STAYS: Readonly<Record<string, readonly [Manner, outcome: string]>> = {
  "180, then 503": [["180 Ringing", "503 Service Unavailable"], "failed"],
  "183, then 503": [["183 Session Progress", "503 Service Unavailable"], "failed"],
  "181, then 503": [["181 Call Is Being Forwarded", "503 Service Unavailable"], "failed"],
  "183, then silence": [["183 Session Progress"], "no_answer"],
  "100, then silence": [["100 Trying"], "failed"],
  "486, the person is busy": [["486 Busy Here"], "busy"],
  "404, there is no such number": [["404 Not Found"], "unreachable"],
  "480, the telephone is switched off": [["480 Temporarily Unavailable"], "unreachable"],
  "603, the person declines": [["603 Decline"], "rejected"],
  "408 of the trunk itself": [["408 Request Timeout"], "failed"],
  "302, somebody wishes to be called elsewhere": [["302 Moved Temporarily"], "failed"],
};

/** 0901 and three digits of its own for each scenario: a trunk that rests in one is none in the next. */
const prefixOf = (n: number): string => `+81901${String(n).padStart(3, "0")}`;
const numberOf = (n: number, last = 1): string =>
  `0901${String(n).padStart(3, "0")}${String(last).padStart(4, "0")}`;

function invites(peer: SipPeer, number: string): number {
  const asked = peer.requests.filter((text) => text.startsWith(`INVITE sip:${number}@`));
  return new Set(asked.map((text) => /^Call-ID: (.*)$/m.exec(text)?.[1])).size;
}

function answering(manner: Manner): (request: string) => readonly string[] {
  return (request) => {
    if (request.startsWith("REGISTER ")) return [reply(request, "200 OK", ["Expires: 300"])];
    if (request.startsWith("CANCEL ")) return [reply(request, "200 OK")];
    if (!request.startsWith("INVITE ")) return [];
    const wantsLine = manner === GOES_OVER["486 for want of a line, as gateways say it"];
    return manner.map((status) => reply(request, status, wantsLine ? NO_LINE : []));
  };
}

describe("another trunk, where nothing can have rung", function () {
  this.timeout(300_000);
  const firsts: SipPeer[] = [];
  const titles = [...Object.keys(GOES_OVER), ...Object.keys(STAYS)];
  let second: SipPeer;
  let late: SipPeer;
  let full: SipPeer;
  let mended: SipPeer;
  let mendedManner = "503 Service Unavailable";
  let down: SipPeer[];
  let calls: CallService;
  let stop: () => Promise<void>;

  before(async () => {
    const busy = answering(["486 Busy Here"]);
    second = await SipPeer.start(busy, "127.0.2.1");
    let copies = 0;
    late = await SipPeer.start((request) => {
      if (!request.startsWith("INVITE ")) return answering([])(request);
      copies += 1;
      return copies < 5 ? [] : [reply(request, "180 Ringing")];
    }, "127.0.2.2");
    full = await SipPeer.start(answering(["180 Ringing"]), "127.0.2.3");
    mended = await SipPeer.start((request) => answering([mendedManner])(request), "127.0.2.4");
    down = [
      await SipPeer.start(answering(["503 Service Unavailable"]), "127.0.2.5"),
      await SipPeer.start(answering([]), "127.0.2.6"),
    ];
    for (const [index, title] of titles.entries()) {
      const manner = GOES_OVER[title] ?? STAYS[title]?.[0] ?? [];
      firsts.push(await SipPeer.start(answering(manner), `127.0.1.${String(index + 1)}`));
    }
    const closed = createServer().listen(0, "127.0.3.1");
    await once(closed, "listening");
    const address = closed.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    closed.close();
    const first = { order: "1", silence_seconds: "1" };
    const list = [
      ...firsts.map((peer, index) => ({
        ...{ ...first, name: `first-${String(index)}`, uri: peer.uri, prefixes: [prefixOf(index)] },
        // 403 is of a trunk at which we are registered.
        ...(titles[index]?.startsWith("403") === true
          ? { register: "true", username: "line-1", password: "trunk-password" }
          : {}),
      })),
      {
        ...first,
        name: "closed",
        uri: `sip:127.0.3.1:${String(port)};transport=tcp`,
        prefixes: [prefixOf(900)],
      },
      { ...first, name: "late", uri: late.uri, prefixes: [prefixOf(901)] },
      { ...first, name: "full", uri: full.uri, prefixes: [prefixOf(902)], max_calls: "1" },
      { ...first, name: "mended", uri: mended.uri, prefixes: [prefixOf(903)], max_cps: "50" },
      ...down.map((peer, index) => ({
        ...first,
        name: `down-${String(index)}`,
        uri: peer.uri,
        prefixes: ["+819020"],
      })),
      { name: "second", uri: second.uri, order: "2", prefixes: ["+81901"], max_cps: "50" },
    ];
    ({ calls, stop } = await serviceWithTrunks(list, { HONNIN_RING_SECONDS: "3" }));
  });
  after(async () => {
    try {
      expect(await calls.openChannels()).to.deep.equal([]);
    } finally {
      await stop();
      for (const peer of [...firsts, ...down, second, late, full, mended]) await peer[Symbol.asyncDispose]();
    }
  });

  const called = async (number: string): Promise<Result> => {
    const { id } = await calls.register(number);
    return calls.ended(id);
  };

  for (const title of Object.keys(GOES_OVER)) {
    it(`${title}: the second trunk carries the same attempt`, async () => {
      const index = titles.indexOf(title);
      const number = numberOf(index);
      const result = await called(number);
      expect(result.attempts).to.have.length(1);
      expect(result.attempts[0]).to.include({ outcome: "busy", sip_status: 486, trunk: "second" });
      expect([invites(firsts[index] ?? second, number), invites(second, number)]).to.deep.equal([1, 1]);
    });
  }

  for (const [title, [, outcome]] of Object.entries(STAYS)) {
    it(`${title}: ${outcome}, and no second trunk is asked`, async () => {
      const index = titles.indexOf(title);
      const number = numberOf(index);
      const result = await called(number);
      expect(result.attempts).to.have.length(1);
      expect(result.attempts[0]).to.include({ outcome, trunk: `first-${String(index)}` });
      expect([invites(firsts[index] ?? second, number), invites(second, number)]).to.deep.equal([1, 0]);
    });
  }

  it("TCP refused: the second trunk carries it", async () => {
    const result = await called(numberOf(900));
    expect(result.attempts[0]).to.include({ outcome: "busy", trunk: "second" });
  });

  it("silence, and 180 after all when the second trunk has been asked: canceled there at once", async () => {
    const result = await called(numberOf(901));
    expect(result.attempts[0]).to.include({ outcome: "busy", trunk: "second" });
    expect(await late.request("CANCEL")).to.contain(`sip:${numberOf(901)}@`);
  });

  it("the limit of the first is full: the second carries the next call at once", async () => {
    const ringing = await calls.register(numberOf(902, 1));
    await calls.happened(ringing.id, "ringing");
    const result = await called(numberOf(902, 2));
    expect(result.attempts[0]).to.include({ outcome: "busy", trunk: "second" });
    expect(invites(full, numberOf(902, 2))).to.equal(0);
    expect((await calls.ended(ringing.id)).attempts[0]).to.include({ outcome: "no_answer", trunk: "full" });
  });

  it("both down: each is asked once, and the call has failed", async () => {
    const number = "09020000001";
    const result = await called(number);
    expect(result).to.include({ status: "failed", reason: "service_unavailable" });
    expect(result.attempts).to.have.length(1);
    expect(down.map((peer) => invites(peer, number))).to.deep.equal([1, 1]);
  });

  it("one that failed rests while another carries, is tried again after that, and is back when it works", async () => {
    expect((await called(numberOf(903, 1))).attempts[0]).to.include({ trunk: "second" });
    expect((await called(numberOf(903, 2))).attempts[0]).to.include({ trunk: "second" });
    expect(invites(mended, numberOf(903, 2)), "it rests").to.equal(0);
    mendedManner = "486 Busy Here";
    let last = 3;
    const back = async (): Promise<boolean> =>
      (await called(numberOf(903, ++last))).attempts[0]?.trunk === "mended";
    await poll(back, 60_000, "the end of its rest");
    // The line is given back after the call's end is committed, and the next call may be quicker than that.
    await poll(
      () => Promise.resolve(/"the trunk works again".*"trunk":"mended"/.test(calls.logged)),
      PATIENCE_MS,
      "the line given back",
    );
    expect((await called(numberOf(903, ++last))).attempts[0]).to.include({ trunk: "mended" });
    expect(calls.logged).to.contain("the trunk works again").and.not.contain("trunk-password");
  });
});
