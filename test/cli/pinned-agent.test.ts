import { expect } from "chai";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { generate } from "selfsigned";
import { ApiClient } from "../../src/cli/api-client.js";
import { httpsUrl, reachableHost } from "../../src/http/addresses.js";
import { tempDir } from "../support/temp-dir.js";

interface Pair {
  readonly cert: string;
  readonly private: string;
}

const named = (value: string): { name: string; value: string }[] => [{ name: "commonName", value }];
const ISSUED: Parameters<typeof generate>[1] = { keyType: "ec", curve: "P-256", algorithm: "sha256" };

/** As an authority issues them: for a public name, and not for an address of ours. */
async function issued(authority: Pair, name: string): Promise<Pair> {
  return generate(named(name), { ...ISSUED, ca: { key: authority.private, cert: authority.cert } });
}

describe("commands that ask the service over HTTPS", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let authority: Pair;
  let own: Pair;
  let certFile: string;
  const servers: Server[] = [];
  let heard: string[];

  before(async () => {
    authority = await generate(named("An authority"), {
      ...ISSUED,
      extensions: [{ name: "basicConstraints", cA: true, critical: true }],
    });
    own = await issued(authority, "honnin.example.jp");
  });

  beforeEach(async () => {
    dir = await tempDir();
    heard = [];
    certFile = path.join(dir.path, "cert.pem");
    await writeFile(certFile, `${own.cert}\n${authority.cert}\n`);
  });

  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
    await dir.remove();
  });

  async function service(pair: Pair, host = "127.0.0.1", trusted?: Pair): Promise<ApiClient> {
    const server = createServer({ cert: pair.cert, key: pair.private }, (request, response) => {
      heard.push(String(request.headers.authorization));
      response.end(JSON.stringify({ id: "v", status: "pending" }));
    });
    servers.push(server);
    server.listen(0, host);
    await once(server, "listening");
    const url = httpsUrl(host, (server.address() as AddressInfo).port);
    return new ApiClient(url, "secret", certFile, trusted && Buffer.from(trusted.cert));
  }

  async function outcomeOf(api: ApiClient): Promise<string> {
    try {
      return (await api.result("v")).status;
    } catch (error) {
      return String(error);
    } finally {
      api.close();
    }
  }

  it("trust the certificate that it has, issued by an authority and for another name", async () => {
    expect(await outcomeOf(await service(own))).to.equal("pending");
    expect(heard).to.deep.equal(["Bearer secret"]);
  });

  it("reach it at an IPv6 address too", async () => {
    expect(await outcomeOf(await service(own, "::1"))).to.equal("pending");
  });

  it("trust no other of the same authority and name, and tell it nothing, not even the key", async () => {
    const twin = await issued(authority, "honnin.example.jp");
    expect(await outcomeOf(await service(twin))).to.contain("another certificate than");
    expect(heard).to.deep.equal([]);
  });

  it("trust another of the same authority and name where the authority was named: it was renewed a moment ago", async () => {
    const renewed = await issued(authority, "honnin.example.jp");
    expect(await outcomeOf(await service(renewed, "127.0.0.1", authority))).to.equal("pending");
    expect(heard).to.deep.equal(["Bearer secret"]);
  });

  it("trust none of that authority's for another name, and none of another authority's", async () => {
    const other = await issued(authority, "other.example.jp");
    expect(await outcomeOf(await service(other, "127.0.0.1", authority))).to.contain(
      "another certificate than",
    );
    const stranger = await generate(named("Another authority"), ISSUED);
    const forged = await issued(stranger, "honnin.example.jp");
    expect(await outcomeOf(await service(forged, "127.0.0.1", authority))).to.contain(
      "another certificate than",
    );
    expect(heard).to.deep.equal([]);
  });

  it("go on when the certificate on the disk is renewed, and the service has it", async () => {
    const renewed = await issued(authority, "honnin.example.jp");
    const api = await service(renewed);
    await writeFile(certFile, renewed.cert);
    expect(await outcomeOf(api)).to.equal("pending");
  });

  for (const [host, reached] of [
    ["0.0.0.0", "127.0.0.1"],
    ["::", "::1"],
    ["0:0:0:0:0:0:0:0", "::1"],
    ["192.0.2.1", "192.0.2.1"],
    ["2001:db8::1", "2001:db8::1"],
    ["honnin.example.jp", "honnin.example.jp"],
  ] as const) {
    it(`ask a service that listens on ${host} at ${reached}`, () => {
      expect(reachableHost(host)).to.equal(reached);
    });
  }

  it("put an IPv6 address in brackets", () => {
    expect(httpsUrl("2001:db8::1", 8443)).to.equal("https://[2001:db8::1]:8443");
    expect(httpsUrl("127.0.0.1", 8443)).to.equal("https://127.0.0.1:8443");
  });
});
