import { expect } from "chai";
import express from "express";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { connect, type TLSSocket } from "node:tls";
import { generate } from "selfsigned";
import { Certificate } from "../../src/http/certificate.js";
import { type ApiServer, listen } from "../../src/http/server.js";
import { loadTlsPair } from "../../src/http/tls.js";
import { capturedLog } from "../support/quiet-log.js";
import { tempDir } from "../support/temp-dir.js";

interface Pair {
  readonly cert: string;
  readonly private: string;
}

async function made(name: string, days = 90): Promise<Pair> {
  const notAfterDate = new Date(Date.now() + days * 86_400_000);
  const notBeforeDate = new Date(Math.min(Date.now(), notAfterDate.getTime()) - 86_400_000);
  const options = {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    notBeforeDate,
    notAfterDate,
  } as const;
  return generate([{ name: "commonName", value: name }], options);
}

describe("the certificate of our listeners", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let files: { readonly cert: string; readonly key: string };
  let first: Pair;
  let second: Pair;
  let server: ApiServer;
  let certificate: Certificate;
  let log: ReturnType<typeof capturedLog>;
  const sockets: TLSSocket[] = [];

  before(async () => {
    first = await made("first");
    second = await made("second");
  });

  beforeEach(async () => {
    dir = await tempDir();
    files = { cert: path.join(dir.path, "cert.pem"), key: path.join(dir.path, "key.pem") };
    await write(first);
    log = capturedLog();
    certificate = await Certificate.open(read, log.log);
    const app = express().get("/", (_request, response) => {
      response.end("here");
    });
    server = await listen(app, certificate.pair, "127.0.0.1", 0);
    certificate.onRenewal((pair) => {
      server.renew(pair);
    });
  });

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await server.close();
    await dir.remove();
  });

  const read = (): ReturnType<typeof loadTlsPair> => loadTlsPair(dir.path, files.cert, files.key, Date.now());

  async function write({ cert, private: key }: Pair): Promise<void> {
    await writeFile(files.cert, cert);
    await writeFile(files.key, key);
  }

  async function connected(): Promise<TLSSocket> {
    const socket = connect({ host: "127.0.0.1", port: server.port, rejectUnauthorized: false });
    sockets.push(socket);
    await once(socket, "secureConnect");
    return socket;
  }

  async function shown(): Promise<string | undefined> {
    return (await connected()).getPeerX509Certificate()?.subject;
  }

  it("is shown anew once it was renewed, and cuts off nobody who is connected", async () => {
    const before = await connected();
    expect(await shown()).to.equal("CN=first");
    await write(second);
    await certificate.look();
    expect(await shown()).to.equal("CN=second");
    before.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const [answer] = (await once(before, "data")) as [Buffer];
    expect(answer.toString()).to.match(/^HTTP\/1.1 200 /);
    expect(log.text()).to.contain("the certificate was renewed");
    expect(certificate.pair.cert.toString()).to.equal(second.cert);
  });

  it("is taken by way of links that are turned, as certbot turns them", async () => {
    const live = path.join(dir.path, "live.pem");
    await writeFile(live, second.cert);
    await rename(live, files.cert);
    await writeFile(files.key, second.private);
    await certificate.look();
    expect(await shown()).to.equal("CN=second");
  });

  it("stays the one before while only one of the two files was written, and says so once", async () => {
    await writeFile(files.cert, second.cert);
    await certificate.look();
    await certificate.look();
    expect(await shown()).to.equal("CN=first");
    const refusals = log.text().match(/a new certificate is refused/g);
    expect(refusals).to.have.length(1);
    expect(log.text()).to.contain("the key does not belong to the certificate");
    await writeFile(files.key, second.private);
    await certificate.look();
    expect(await shown()).to.equal("CN=second");
  });

  for (const [title, spoil, why] of [
    ["half of it was written", () => writeFile(files.cert, second.cert.slice(0, 200)), "no PEM"],
    ["its key is empty", () => writeFile(files.key, ""), "no PEM"],
    ["it cannot be read", () => rename(files.key, `${files.key}.gone`), "ENOENT"],
    ["it has run out", async () => write(await made("old", -1)), "has run out"],
  ] as const) {
    it(`stays the one before where ${title}, and no word of the key is logged`, async () => {
      await spoil();
      await certificate.look();
      expect(await shown()).to.equal("CN=first");
      expect(log.text()).to.contain(why);
      expect(log.text()).not.to.contain(second.private.split("\n")[1]);
    });
  }

  it("does not begin with a pair that does not fit", async () => {
    await writeFile(files.key, second.private);
    const refusal: unknown = await Certificate.open(read, log.log).catch((error: unknown) => error);
    expect(refusal).to.include({ code: "unfit_certificate" });
  });

  it("that was made here is made anew before it runs out, and taken", async () => {
    let now = Date.now();
    const own = await Certificate.open(() => loadTlsPair(dir.path, undefined, undefined, now), log.log);
    const { end } = own;
    now = end - 86_400_000;
    await own.look();
    expect(own.end).to.be.above(end);
    expect(readFileSync(own.pair.certFile).equals(own.pair.cert)).to.be.true;
  });
});
