import { once } from "node:events";
import { connect, type ConnectionOptions, DEFAULT_CIPHERS, getCiphers } from "node:tls";
import { expect } from "chai";
import express from "express";
import { generate } from "selfsigned";
import { type ApiServer, listen } from "../../src/http/server.js";
import { loadTlsPair, type TlsPair } from "../../src/http/tls.js";
import { tempDir } from "../support/temp-dir.js";
import { figure } from "./figures.js";

/** Agrees on a key for this connection alone (ECDHE), and enciphers with authentication (AEAD). */
const STRONG =
  /^(tls_(aes_256_gcm_sha384|chacha20_poly1305_sha256|aes_128_gcm_sha256)|ecdhe-.*(gcm|chacha20).*)$/;

describe("attack: a TLS that somebody may read one day", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let pairs: readonly (readonly [what: string, pair: TlsPair])[];
  const servers: ApiServer[] = [];

  before(async () => {
    dir = await tempDir();
    const rsa = await generate([{ name: "commonName", value: "localhost" }], {
      keyType: "rsa",
      keySize: 2048,
    });
    const own = await loadTlsPair(dir.path, undefined, undefined, Date.now());
    pairs = [
      ["an ECDSA certificate", own],
      ["an RSA certificate", { ...own, cert: Buffer.from(rsa.cert), key: Buffer.from(rsa.private) }],
    ];
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close();
  });
  after(() => dir.remove());

  const serve = async (pair: TlsPair): Promise<number> => {
    const app = express().get("/", (_request, response) => {
      response.end();
    });
    const server = await listen(app, pair, "127.0.0.1", 0);
    servers.push(server);
    return server.port;
  };

  /** What a real handshake agreed on; null where it failed. */
  const agreed = async (port: number, options: ConnectionOptions): Promise<string | null> => {
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false, ...options });
    try {
      await once(socket, "secureConnect");
      return `${String(socket.getProtocol())} ${socket.getCipher().name}`;
    } catch {
      return null;
    } finally {
      socket.destroy();
    }
  };

  /** Every suite of TLS 1.2 and before that this client can speak, the forbidden ones too. */
  const suites = getCiphers().filter((name) => !name.startsWith("tls_"));

  for (const kind of [0, 1]) {
    it(`agrees on ECDHE and AEAD alone, with ${["an ECDSA", "an RSA"][kind] ?? ""} certificate`, async () => {
      const [, pair] = pairs[kind] ?? [];
      const port = await serve(pair!);
      const taken: string[] = [];
      for (const suite of suites) {
        const ciphers = `${suite.toUpperCase()}:@SECLEVEL=0`;
        const found = await agreed(port, { ciphers, maxVersion: "TLSv1.2", minVersion: "TLSv1.2" });
        if (found !== null) taken.push(suite);
      }
      figure(
        `weak suites of TLS 1.2 agreed on, of ${suites.length} offered one by one`,
        taken.filter((suite) => !STRONG.test(suite)).length,
      );
      expect(taken.filter((suite) => !STRONG.test(suite))).to.deep.equal([]);
      expect(taken, "the strong ones").to.have.length.of.at.least(3);
    });
  }

  it("speaks nothing before TLS 1.2", async () => {
    const port = await serve(pairs[1]![1]);
    for (const version of ["TLSv1", "TLSv1.1"] as const) {
      const options = { minVersion: version, maxVersion: version, ciphers: "ALL:@SECLEVEL=0" };
      expect(await agreed(port, options), version).to.equal(null);
    }
  });

  it("takes the strongest that both have, whatever the other side would like best", async () => {
    const port = await serve(pairs[0]![1]);
    const weakFirst = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384";
    expect(await agreed(port, { ciphers: weakFirst, maxVersion: "TLSv1.2" })).to.equal(
      "TLSv1.2 ECDHE-ECDSA-AES256-GCM-SHA384",
    );
    expect(await agreed(port, { ciphers: DEFAULT_CIPHERS })).to.equal("TLSv1.3 TLS_AES_256_GCM_SHA384");
  });

  it("does not agree on keys anew within a connection", async () => {
    const port = await serve(pairs[0]![1]);
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false, maxVersion: "TLSv1.2" });
    await once(socket, "secureConnect");
    const refused = await new Promise<unknown>((resolve) => {
      socket.on("error", resolve);
      socket.on("close", resolve);
      socket.renegotiate({}, (error) => {
        resolve(error);
      });
    });
    expect(refused).not.to.equal(null);
    socket.destroy();
  });
});
