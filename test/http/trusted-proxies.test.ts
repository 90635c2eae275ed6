import { once } from "node:events";
import { connect as connectPlainly, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { connect } from "node:tls";
import { expect } from "chai";
import express from "express";
import { readProxyHeader } from "../../src/http/proxy-header.js";
import { type ApiServer, listen } from "../../src/http/server.js";
import { loadTlsPair } from "../../src/http/tls.js";
import { tempDir } from "../support/temp-dir.js";

const PROXY = "127.0.0.5";
const ELSEWHERE = "127.0.0.6";
const TEXT = "PROXY TCP4 203.0.113.7 192.0.2.20 56324 8443\r\n";
const SIGNATURE = "0d0a0d0a000d0a515549540a";
const BINARY = Buffer.from(`${SIGNATURE}2111000ccb007107c0000214dc0420fb`, "hex");
const BINARY_6 = Buffer.from(
  `${SIGNATURE}2121002420010db800000000000000000000000720010db8000000000000000000000001dc0420fb`,
  "hex",
);
const LOCAL = Buffer.from(`${SIGNATURE}20000000`, "hex");

describe("connections that balancers pass on", () => {
  let server: ApiServer;
  let dir: Awaited<ReturnType<typeof tempDir>>;
  const open = new Set<Socket>();

  before(async () => {
    dir = await tempDir();
    const tls = await loadTlsPair(dir.path, undefined, undefined, Date.now());
    const app = express();
    app.get("/", ({ socket }, response) => {
      response.send(`${String(socket.remoteAddress)} ${String(socket.remotePort)}`);
    });
    const caps = { total: 20, perAddress: 2, trustedProxies: ["127.0.0.4/31"] };
    server = await listen(app, tls, "127.0.0.1", 0, undefined, caps);
  });
  afterEach(() => {
    for (const socket of open) socket.destroy();
    open.clear();
  });
  after(async () => {
    await server.close();
    await dir.remove();
  });

  const plain = async (from: string): Promise<Socket> => {
    const socket = connectPlainly({ port: server.port, host: "127.0.0.1", localAddress: from });
    open.add(socket.on("error", () => undefined));
    await once(socket, "connect");
    return socket;
  };
  /** Begins a connection with these bytes, each by itself. @returns what a request on it is answered; "": it is closed. */
  const asked = async (from: string, ...head: readonly (Buffer | string)[]): Promise<string> => {
    const socket = await plain(from);
    for (const bytes of head) {
      await new Promise((written) => socket.write(bytes, written));
    }
    const secure = connect({ socket, rejectUnauthorized: false });
    secure.on("error", () => undefined);
    secure.write("GET / HTTP/1.1\r\nHost: honnin\r\nConnection: close\r\n\r\n");
    const answer = await text(secure).catch(() => "");
    return answer.split("\r\n").at(-1) ?? "";
  };

  it("have the address that a trusted one tells, by either version, whole or in pieces", async () => {
    expect(await asked(PROXY, TEXT)).to.equal("203.0.113.7 56324");
    expect(await asked(PROXY, BINARY)).to.equal("203.0.113.7 56324");
    expect(await asked(PROXY, TEXT.slice(0, 9), TEXT.slice(9))).to.equal("203.0.113.7 56324");
    expect(await asked(PROXY, BINARY.subarray(0, 5), BINARY.subarray(5))).to.equal("203.0.113.7 56324");
    expect(await asked(PROXY, BINARY_6)).to.equal("2001:db8:0:0:0:0:0:7 56324");
  });

  it("have the balancer's own where it speaks for itself", async () => {
    expect(await asked(PROXY, LOCAL)).to.match(/^127\.0\.0\.5 /);
    expect(await asked(PROXY, "PROXY UNKNOWN\r\n")).to.match(/^127\.0\.0\.5 /);
  });

  it("are closed where a trusted one tells nothing", async () => {
    expect(await asked(PROXY)).to.equal("");
    expect(await asked(PROXY, "PROXY TCP4 elsewhere 192.0.2.20 1 2\r\n")).to.equal("");
  });

  it("are not believed from anywhere else", async () => {
    expect(await asked(ELSEWHERE, TEXT)).to.equal("");
    expect(await asked(ELSEWHERE, BINARY)).to.equal("");
    expect(await asked(ELSEWHERE)).to.match(/^127\.0\.0\.6 /);
  });

  it("are counted by the client's address: one with many does not push out another's", async () => {
    const told = (last: number): string => TEXT.replace("113.7", `113.${String(last)}`);
    const own = await plain(PROXY);
    own.write(told(1));
    const closed = once(own, "close");
    let crowd = 0;
    for (let port = 1; port <= 4; port += 1) {
      const socket = await plain(PROXY);
      socket.on("close", () => (crowd += 1)).write(told(2).replace("56324", String(port)));
    }
    expect(await asked(PROXY, told(3))).to.equal("203.0.113.3 56324");
    expect(crowd).to.equal(2);
    own.destroy();
    await closed;
  });

  it("are never waited for without end: what is no header is seen by its first bytes", () => {
    expect(readProxyHeader(Buffer.from([0x16])).kind).to.equal("none");
    expect(readProxyHeader(Buffer.from("PROXY TCP4 ".padEnd(107, "1"))).kind).to.equal("none");
    expect(readProxyHeader(Buffer.from(`${SIGNATURE}2111ffff`, "hex")).kind).to.equal("none");
    expect(readProxyHeader(BINARY.subarray(0, 20)).kind).to.equal("incomplete");
  });
});
