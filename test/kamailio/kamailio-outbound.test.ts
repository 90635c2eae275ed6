import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { tlsPair } from "../calls/stream-peer.js";
import { freeUdpPort } from "../phones/ports.js";
import { header, statusOf } from "../phones/sip-message.js";
import { RawSip } from "./raw-sip.js";
import { hostOf, Stage } from "./stage.js";
import type { Station } from "./station.js";

const NODE = hostOf(1);

/** As a node might send them, with odd spacing that nobody may tidy. */
const IDENTITY = [
  'P-Asserted-Identity: "03-1234-5678" <sip:0312345678@carrier.example.jp;user=phone>',
  "P-Preferred-Identity:   <sip:0312345678@carrier.example.jp>",
  "Remote-Party-ID: <sip:0312345678@192.0.2.11>;party=calling;privacy=off;screen=yes",
  "privacy: id;critical",
  "Identity: eyJhbGciOiJFUzI1NiIsInBwdCI6InNoYWtlbiJ9..c2ln;info=<https://cert.example.jp/c.pem>;ppt=shaken",
  "Diversion: <sip:0398765432@carrier.example.jp>;reason=unconditional;counter=1",
];

describe("calls that go out by the one address", function () {
  this.timeout(240_000);
  let stage: Stage;

  beforeEach(() => {
    stage = new Stage();
  });
  afterEach(() => stage.close());

  async function open(trunks: readonly Station[]): Promise<void> {
    await stage.open({ nodes: [`sip:${NODE}:${await freeUdpPort()}`], trunks: trunks.map(({ uri }) => uri) });
  }

  const called = { to: "09012345678", from: "0312345678" };

  it("a node's INVITE reaches the trunk at the trunk's name, its identity headers byte for byte", async () => {
    const trunk = await stage.station("node-answers");
    await open([trunk]);
    const node = await stage.caller("calls", { host: NODE, values: called, headers: IDENTITY });
    await node.done();
    const wire = await trunk.wire();
    expect(wire).to.include(`INVITE ${trunk.uri.replace("sip:", "sip:09012345678@")} SIP/2.0\r\n`);
    for (const line of IDENTITY) expect(wire).to.include(`\r\n${line}\r\n`);
    expect(wire).to.include(`\r\nFrom: <sip:0312345678@${NODE}>;tag=caller1\r\n`);
    expect(wire).to.include(`\r\nContact: <sip:caller@${NODE}:${String(node.port)}>\r\n`);
    expect(wire).to.include(`o=caller 1 1 IN IP4 ${NODE}\r\n`);
    expect(trunk.received("BYE")).to.have.length(1);
  });

  it("a node that has us as its outbound proxy names the trunk itself, and is left to", async () => {
    const trunk = await stage.station("node-answers");
    await open([trunk]);
    const node = await stage.caller("calls", {
      ...{ host: NODE, values: { ...called, domain: "carrier.example.jp" } },
      headers: [`Route: <${stage.kamailio.uri};lr>`],
    });
    await node.done();
    const [invite] = trunk.received("INVITE");
    expect(invite?.startLine).to.equal("INVITE sip:09012345678@carrier.example.jp SIP/2.0");
    expect(header(invite!, "Route")).to.equal(undefined);
  });

  it("a node's OPTIONS are the trunk's to answer: while it is silent there is no answer, not ours either", async () => {
    const trunk = await stage.station("node-refuses");
    await open([trunk]);
    trunk.hang();
    await using node = await RawSip.open(NODE, stage.kamailio.port);
    const answer = node.answerTo("OPTIONS");
    // Longer than any of the transactions of our own would wait.
    await (await stage.caller("calls-and-is-refused", { host: NODE, values: called })).done();
    trunk.wake();
    expect((await answer).startLine).to.equal("SIP/2.0 200 OK");
    expect(node.answers).to.have.length(1);
  });

  it("a trunk that says nothing: the next one is called, and the first is sent CANCEL when it wakes", async () => {
    const silent = await stage.station("node-rings");
    const spare = await stage.station("node-answers");
    await open([silent, spare]);
    silent.hang();
    const node = await stage.caller("calls", { host: NODE, values: called });
    await node.done();
    silent.wake();
    await silent.receives("CANCEL");
    expect(spare.calls).to.have.length(1);
  });

  it("the only trunk says nothing: the node hears 503, not that a telephone rang in vain", async () => {
    const silent = await stage.station("node-rings");
    await open([silent]);
    silent.hang();
    const node = await stage.caller("calls-and-is-refused", {
      host: NODE,
      values: { ...called, status: "503" },
    });
    await node.done();
  });

  it("486 of the trunk is the node's answer, and no other trunk is called", async () => {
    const busy = await stage.station("node-refuses", { values: { refusal: "486 Busy Here" } });
    const spare = await stage.station("node-answers");
    await open([busy, spare]);
    const node = await stage.caller("calls-and-is-refused", {
      host: NODE,
      values: { ...called, status: "486" },
    });
    await node.done();
    expect(spare.calls).to.deep.equal([]);
  });

  it("the node gives up: the trunk is sent CANCEL", async () => {
    const trunk = await stage.station("node-rings");
    await open([trunk]);
    const node = await stage.caller("calls-and-gives-up", { host: NODE, values: called });
    await node.done();
    expect(trunk.received("CANCEL")).to.have.length(1);
  });

  it("a registration reaches the trunk with our contact, and the node reads its own in the answer", async () => {
    const trunk = await stage.station("registrar");
    await open([trunk]);
    const node = await stage.caller("registers", { host: NODE, values: { from: "honnin" } });
    await node.done();
    const [asked] = trunk.received("REGISTER");
    expect(asked?.startLine).to.equal(`REGISTER ${trunk.uri} SIP/2.0`);
    expect(header(asked!, "Contact")).to.equal(`<sip:honnin@127.0.0.1:${String(stage.kamailio.port)}>`);
    const answer = node.messages.find((message) => statusOf(message) === 200);
    expect(header(answer!, "Contact")).to.equal(`<sip:honnin@${NODE}:${String(node.port)}>;expires=300`);
  });

  it("a node that takes leave does not take the registration of all away", async () => {
    const trunk = await stage.station("registrar");
    await open([trunk]);
    await (await stage.caller("registers", { host: NODE, values: { expires: "0" } })).done();
    await (await stage.caller("registers", { host: NODE })).done();
    expect(trunk.received("REGISTER").map((message) => header(message, "Expires"))).to.deep.equal(["300"]);
  });

  it("by TLS: the trunk's certificate is judged, and the INVITE arrives", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "honnin-tls-"));
    try {
      const { certificate, key, ca } = await pemFiles(folder);
      const trunk = await stage.station("node-answers", { tls: { certificate, key } });
      await stage.open({
        nodes: [`sip:${NODE}:${await freeUdpPort()}`],
        trunks: [`${trunk.uri};transport=tls`],
        tls: { certificate, key, ca },
      });
      const node = await stage.caller("calls", { host: NODE, values: called, headers: IDENTITY });
      await node.done();
      const wire = await trunk.wire();
      expect(wire).to.match(/TLS message received/);
      for (const line of IDENTITY) expect(wire).to.include(`\r\n${line}\r\n`);
      expect(trunk.received("BYE")).to.have.length(1);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("by TLS: nobody whose certificate another authority has signed is told of a call", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "honnin-tls-"));
    try {
      const { certificate, key } = await pemFiles(folder);
      const other = await pemFiles(folder);
      const impostor = await stage.station("node-answers", { tls: { certificate, key } });
      await stage.open({
        nodes: [`sip:${NODE}:${await freeUdpPort()}`],
        trunks: [`${impostor.uri};transport=tls`],
        tls: other,
      });
      const node = await stage.caller("calls-and-is-refused", { host: NODE, values: called });
      await node.done();
      expect(impostor.messages).to.deep.equal([]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

interface PemFiles {
  readonly certificate: string;
  readonly key: string;
  readonly ca: string;
}

/** A pair that is its own authority. */
async function pemFiles(folder: string): Promise<PemFiles> {
  const { cert, key, env } = await tlsPair("127.0.0.1", folder);
  const certificate = env["HONNIN_SIP_TLS_CA"] ?? "";
  const keyFile = `${certificate}.key`;
  await writeFile(certificate, cert);
  await writeFile(keyFile, key);
  return { certificate, key: keyFile, ca: certificate };
}
