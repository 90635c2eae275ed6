import { expect } from "chai";
import { header, isInDialog, statusOf } from "../phones/sip-message.js";
import { PATIENCE_MS, poll } from "../phones/waiting.js";
import { RawSip } from "./raw-sip.js";
import { hostOf, Stage } from "./stage.js";
import type { Station } from "./station.js";

describe("calls that come in by the one address", function () {
  this.timeout(240_000);
  let stage: Stage;
  let nodes: Station[];

  beforeEach(async () => {
    stage = new Stage();
    nodes = await Promise.all([1, 2, 3].map((number) => stage.node(number, "node-answers")));
    await stage.open({ nodes: nodes.map(({ uri }) => uri), trunks: ["sip:127.0.0.1:9"] });
    for (const { uri } of nodes) await stage.kamailio.reaches(uri, "AP");
  });
  afterEach(() => stage.close());

  const callsTaken = (): number[] => nodes.map(({ calls }) => calls.length);

  /** In the place of a node that has ended. */
  async function replace(node: Station, scenario: "node-answers" | "node-refuses"): Promise<Station> {
    const again = await stage.station(scenario, { host: node.host, port: node.port });
    nodes = nodes.map((other) => (other === node ? again : other));
    return again;
  }

  it("go to each node in turn", async () => {
    const caller = await stage.caller("calls", { calls: 9 });
    await caller.done();
    expect(callsTaken()).to.deep.equal([3, 3, 3]);
  });

  it("the caller's headers, the number called and the description reach the node as they were", async () => {
    const said = [
      'P-Asserted-Identity: "Tanaka, \\"T\\"" <sip:+819011110001@ims.example.jp;user=phone>',
      "P-Asserted-Identity: <tel:+819011110001>",
      "privacy:  none",
      "Diversion: <sip:0312345678@127.0.0.1>;reason=unconditional",
      "Identity: eyJhbGciOiJFUzI1NiJ9..c2ln;info=<https://cert.example.jp/c.pem>;alg=ES256",
      "P-Called-Party-ID: <sip:0312340000@ims.example.jp>",
    ];
    const caller = await stage.caller("calls", { headers: said });
    await caller.done();
    const node = nodes.find(({ calls }) => calls.length === 1);
    const wire = (await node?.wire()) ?? "";
    for (const line of said) expect(wire).to.include(`\r\n${line}\r\n`);
    expect(wire).to.include(`INVITE sip:0312340000@127.0.0.1:${String(stage.kamailio.port)} SIP/2.0\r\n`);
    expect(wire).to.include(`To: <sip:0312340000@127.0.0.1:${String(stage.kamailio.port)}>\r\n`);
    expect(wire).to.include("o=caller 1 1 IN IP4 127.0.0.1\r\n");
  });

  it("a stranger's INVITE gets no answer and reaches no node", async () => {
    const stranger = await stage.caller("calls", { host: "127.0.0.66" });
    const asked = (): number => stranger.messages.filter(({ direction }) => direction === "sent").length;
    await stranger.message(() => asked() >= 3, "three tries");
    const caller = await stage.caller("calls", { calls: 3 });
    await caller.done();
    expect(callsTaken()).to.deep.equal([1, 1, 1]);
    expect(stranger.messages.filter(({ direction }) => direction === "received")).to.deep.equal([]);
    expect(await stage.kamailio.log()).to.include("127.0.0.66, which is neither node nor trunk");
  });

  it("the trunk's OPTIONS are answered 200 while there is a node, and 503 when there is none", async () => {
    await using trunk = await RawSip.open("127.0.0.1", stage.kamailio.port);
    expect((await trunk.answerTo("OPTIONS")).startLine).to.equal("SIP/2.0 200 OK");
    for (const node of nodes) await node.kill();
    for (const { uri } of nodes) await stage.kamailio.reaches(uri, "IP");
    expect((await trunk.answerTo("OPTIONS")).startLine).to.equal("SIP/2.0 503 No Node");
  });

  it("the trunk cannot send into a dialog that leads past the nodes, nor anything but calls", async () => {
    await using trunk = await RawSip.open("127.0.0.1", stage.kamailio.port);
    const elsewhere = {
      to: "<sip:a@b.invalid>;tag=1",
      uri: "sip:0312340000@127.0.0.66",
      route: stage.kamailio.uri,
    };
    expect((await trunk.answerTo("BYE", elsewhere)).startLine).to.equal("SIP/2.0 403 Forbidden");
    expect((await trunk.answerTo("MESSAGE")).startLine).to.equal("SIP/2.0 405 Method Not Allowed");
    expect((await trunk.answerTo("BYE", { to: "<sip:a@b.invalid>;tag=1" })).startLine).to.equal(
      "SIP/2.0 481 Call Does Not Exist",
    );
  });

  it("a node is killed: calls go on, it gets none, and it gets some again when it is back", async () => {
    const [first] = nodes as [Station];
    await first.kill();
    const during = await stage.caller("calls", { calls: 6 });
    await during.done();
    expect(callsTaken().reduce((sum, count) => sum + count, 0)).to.equal(6);
    expect(first.calls).to.deep.equal([]);
    await stage.kamailio.reaches(first.uri, "IP");
    const again = await replace(first, "node-answers");
    await stage.kamailio.reaches(first.uri, "AP");
    const after = await stage.caller("calls", { calls: 3 });
    await after.done();
    expect(again.calls).to.have.length(1);
  });

  // With Kamailio's own time-outs, each OPTIONS of the last 30 s counted against a node when it was back.
  it("a node that was away for a while is back after two OPTIONS, with none of those from before against it", async () => {
    const [first] = nodes as [Station];
    await first.kill();
    await stage.kamailio.reaches(first.uri, "IP");
    const again = await replace(first, "node-answers");
    await stage.kamailio.reaches(first.uri, "AP");
    expect(again.received("OPTIONS").length).to.be.at.most(3);
    const asked = again.received("OPTIONS").length;
    await again.receives("OPTIONS", asked + 3);
    const log = await stage.kamailio.log();
    expect(log.slice(log.indexOf("gets calls again"))).not.to.include("gets no calls");
  });

  it("a node that answers 503 is passed over: the call is another's, once, and the node rests", async () => {
    const [first] = nodes as [Station];
    await first.kill();
    const drained = await replace(first, "node-refuses");
    await poll(() => Promise.resolve(drained.received("OPTIONS").length > 0), PATIENCE_MS, "OPTIONS");
    await stage.kamailio.reaches(first.uri, "AP");
    for (let call = 0; drained.calls.length === 0 && call < 3; call += 1) {
      const caller = await stage.caller("calls");
      await caller.done();
      expect(caller.messages.filter((message) => statusOf(message) === 200)).to.have.length(2);
      const taken = nodes.filter((node) => node !== drained && node.calls.length > 0);
      expect(taken.flatMap(({ calls }) => calls).filter((id) => id === callIdOf(caller))).to.have.length(1);
    }
    expect(drained.calls).to.have.length(1);
    expect(await stage.kamailio.log()).to.include(`${first.uri} gets no calls`);
    // Its OPTIONS are answered, so that it is tried again by and by.
    await stage.kamailio.reaches(first.uri, "AP");
  });

  it("all nodes answer 503: the trunk hears 503, with a time to come back", async () => {
    for (const node of nodes) {
      await node.kill();
      await replace(node, "node-refuses");
    }
    for (const { uri } of nodes) await stage.kamailio.reaches(uri, "AP");
    const caller = await stage.caller("calls-and-is-refused", { values: { status: "503" } });
    await caller.done();
    expect(callsTaken()).to.deep.equal([1, 1, 1]);
    const refusal = caller.messages.find((message) => statusOf(message) === 503);
    expect(refusal?.headers).to.deep.include({ name: "Retry-After", value: "1" });
  });

  it("404 is the answer of all nodes: no other is asked", async () => {
    for (const node of nodes) await node.kill();
    nodes = await Promise.all(
      nodes.map(({ host, port }) =>
        stage.station("node-refuses", { host, port, values: { refusal: "404 Not Found" } }),
      ),
    );
    for (const { uri } of nodes) await stage.kamailio.reaches(uri, "AP");
    const caller = await stage.caller("calls-and-is-refused", { values: { status: "404" } });
    await caller.done();
    expect(callsTaken().reduce((sum, count) => sum + count, 0)).to.equal(1);
  });

  it("a node that hangs: the next one takes the call, and what the first says when it wakes is answered with CANCEL", async () => {
    const [first] = nodes as [Station];
    await first.kill();
    const hung = await stage.station("node-rings", { host: first.host, port: first.port });
    nodes[0] = hung;
    await hung.receives("OPTIONS");
    await stage.kamailio.reaches(first.uri, "AP");
    hung.hang();
    const caller = await stage.caller("calls", { calls: 3 });
    await caller.done();
    hung.wake();
    await hung.receives("CANCEL");
    expect(hung.calls).to.have.length(1);
    expect(nodes[1]!.calls.length + nodes[2]!.calls.length).to.equal(3);
  });

  it("re-INVITE and BYE reach the node that has the call", async () => {
    const caller = await stage.caller("calls-and-talks", { calls: 1 });
    await caller.message((message) => header(message, "CSeq") === "2 ACK", "the second ACK");
    const [node, ...others] = [...nodes].sort((a, b) => b.calls.length - a.calls.length) as [Station];
    // Others call meanwhile, so that the turn is another's.
    await (await stage.caller("calls", { calls: 4 })).done();
    await caller.hangUp(hostOf(1));
    await caller.done();
    const id = callIdOf(caller);
    const within = (station: Station, method: string): number =>
      station.received(method).filter((m) => header(m, "Call-ID") === id && isInDialog(m)).length;
    const there = ["INVITE", "BYE"].map((method) => within(node, method));
    expect(there, node.story()).to.deep.equal([1, 1]);
    for (const other of others) expect(within(other, "INVITE") + within(other, "BYE")).to.equal(0);
  });

  it("Kamailio dies and is started again while people talk: the BYE still reaches its node", async () => {
    const caller = await stage.caller("calls-and-talks");
    await caller.message((message) => header(message, "CSeq") === "2 ACK", "the second ACK");
    await stage.kamailio.kill();
    await stage.kamailio.launch();
    await caller.hangUp(hostOf(1));
    await caller.done();
    const byes = nodes.map((node) =>
      node.received("BYE").filter((m) => header(m, "Call-ID") === callIdOf(caller)),
    );
    expect(byes.flat()).to.have.length(1);
  });

  it("the caller gives up: the node is sent CANCEL, and no other is called", async () => {
    for (const node of nodes) await node.kill();
    nodes = await Promise.all(nodes.map(({ host, port }) => stage.station("node-rings", { host, port })));
    for (const { uri } of nodes) await stage.kamailio.reaches(uri, "AP");
    const caller = await stage.caller("calls-and-gives-up");
    await caller.done();
    const called = nodes.filter(({ calls }) => calls.length > 0);
    expect(called).to.have.length(1);
    expect(called[0]?.received("CANCEL")).to.have.length(1);
  });
});

function callIdOf(caller: Station): string {
  return header(caller.messages[0]!, "Call-ID") ?? "";
}
