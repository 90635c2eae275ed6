import { expect } from "chai";
import { createHash } from "node:crypto";
import { createSocket, type RemoteInfo } from "node:dgram";
import { once } from "node:events";
import { prepareAsterisk } from "./running-asterisk.js";

/** With everything that has a meaning in a configuration file. */
const PASSWORD = "pa;ss;;--{w}${o}\\;r=>d";

describe("a trunk that has to be told where we are", () => {
  it("gets a REGISTER at once, with the password's digest when it asks, and our DID as the contact", async () => {
    const registrar = createSocket("udp4");
    registrar.bind(0, "127.0.0.1");
    await once(registrar, "listening");
    const { port } = registrar.address();
    const uri = `sip:127.0.0.1:${String(port)}`;
    await using own = await prepareAsterisk({
      trunk: { uri, username: "line-1", password: PASSWORD, register: true },
    });
    const first = once(registrar, "message", { signal: AbortSignal.timeout(10_000) });
    await own.asterisk.start();
    const [asked, from] = (await first) as [Buffer, RemoteInfo];
    expect(asked.toString())
      .to.match(/^REGISTER /)
      .and.contain(`Contact: <sip:+81312345678@127.0.0.1:`);

    const second = once(registrar, "message", { signal: AbortSignal.timeout(10_000) });
    registrar.send(challenge(asked.toString()), from.port, from.address);
    const [answered] = (await second) as [Buffer];
    registrar.close();
    const digest = digestOf(answered.toString());
    expect(digest).to.include({ username: "line-1", realm: "carrier", qop: "auth" });
    expect(digest["response"]).to.equal(responseFor(digest, PASSWORD));
  });
});

/** The parameters of the Authorization header. */
function digestOf(request: string): Record<string, string> {
  const header = /^Authorization: Digest (.*)\r$/m.exec(request)?.[1] ?? "";
  return Object.fromEntries(
    [...header.matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]+))/g)].map(([, name = "", quoted, bare = ""]) => [
      name,
      quoted ?? bare,
    ]),
  );
}

/** RFC 2617 3.2.2.1, as the carrier reckons it. */
function responseFor(digest: Record<string, string>, password: string): string {
  const { username = "", realm = "", nonce = "", nc = "", cnonce = "", qop = "", uri = "" } = digest;
  const who = md5(`${username}:${realm}:${password}`);
  return md5([who, nonce, nc, cnonce, qop, md5(`REGISTER:${uri}`)].join(":"));
}

function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}

function challenge(request: string): string {
  const copied = request.split("\r\n").filter((line) => /^(Via|From|To|Call-ID|CSeq):/.test(line));
  return [
    "SIP/2.0 401 Unauthorized",
    ...copied.map((line) => (line.startsWith("To:") ? `${line};tag=registrar` : line)),
    'WWW-Authenticate: Digest realm="carrier",nonce="1",algorithm=MD5,qop="auth"',
    "Content-Length: 0",
    "",
    "",
  ].join("\r\n");
}
