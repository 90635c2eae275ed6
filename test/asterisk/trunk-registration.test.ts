import { expect } from "chai";
import path from "node:path";
import { askAsterisk } from "../../src/asterisk/control-socket.js";
import { TrunkRegistration } from "../../src/asterisk/trunk-registration.js";
import { poll } from "../phones/waiting.js";
import { prepareAsterisk } from "./running-asterisk.js";
import { challenge, reply, responseFor, SipPeer } from "./sip-peer.js";

/** With everything that has a meaning in a configuration file. */
const PASSWORD = "pa;ss;;--{w}${o}\\;r=>d";

const LINE = { username: "line-1", password: PASSWORD, register: true };

describe("a trunk that has to be told where we are", () => {
  it("gets a REGISTER at once, with the password's digest when it asks, and the registered user as the contact", async () => {
    await using registrar = await SipPeer.start((request) => challenge(request, "MD5"));
    await using own = await prepareAsterisk({ trunks: [{ name: "trunk", ...LINE, uri: registrar.uri }] });
    await own.asterisk.start();
    const digest = await registrar.digest();
    expect(registrar.requests[0])
      .to.match(/^REGISTER /)
      .and.contain("Contact: <sip:line-1@127.0.0.1:");
    expect(digest).to.include({ username: "line-1", realm: "carrier", qop: "auth" });
    expect(digest["response"]).to.equal(responseFor("REGISTER", digest, "md5", PASSWORD));
  });

  it("gets no DID as the contact, though we register by one: every call would look like one to it", async () => {
    await using registrar = await SipPeer.start((request) => challenge(request, "MD5"));
    await using own = await prepareAsterisk({
      trunks: [{ name: "trunk", ...LINE, username: "81312345678", uri: registrar.uri }],
      dids: ["+81312345678", "0698765432"],
    });
    await own.asterisk.start();
    await registrar.digest();
    expect(registrar.requests[0])
      .to.contain("From: <sip:81312345678@")
      .and.match(/Contact: <sip:honnin-[0-9a-f]{12}@127\.0\.0\.1:/);
  });

  it("gets another user's digest than that of the registration, where it has two", async () => {
    await using registrar = await SipPeer.start((request) => challenge(request, "MD5"));
    await using own = await prepareAsterisk({
      trunks: [{ name: "trunk", ...LINE, username: "7", authUsername: "0007", uri: registrar.uri }],
    });
    await own.asterisk.start();
    const digest = await registrar.digest();
    expect(registrar.requests[0]).to.contain("From: <sip:7@").and.contain("Contact: <sip:7@");
    expect(digest).to.include({ username: "0007" });
    expect(digest["response"]).to.equal(responseFor("REGISTER", digest, "md5", PASSWORD));
  });

  it("gets a SHA-256 digest where it knows no other (RFC 8760)", async () => {
    await using registrar = await SipPeer.start((request) => challenge(request, "SHA-256"));
    await using own = await prepareAsterisk({ trunks: [{ name: "trunk", ...LINE, uri: registrar.uri }] });
    await own.asterisk.start();
    const digest = await registrar.digest();
    expect(digest).to.include({ algorithm: "SHA-256" });
    expect(digest["response"]).to.equal(responseFor("REGISTER", digest, "sha256", PASSWORD));
  });

  it("refuses it: said with its answer, again and again, until it takes it", async () => {
    let answer = "403 Forbidden";
    await using registrar = await SipPeer.start((request) => reply(request, answer));
    await using own = await prepareAsterisk({ trunks: [{ name: "trunk", ...LINE, uri: registrar.uri }] });
    await own.asterisk.start();
    const refused = (): string[] =>
      own.lines.filter((line) => line.includes("trunk trunk refuses our registration (403)"));
    await poll(() => Promise.resolve(refused().length > 0), 30_000, "the refusal");
    expect(own.asterisk.registrations[0]?.refused).to.be.true;

    const lines: string[] = [];
    const watch = new TrunkRegistration({
      trunk: "trunk",
      answer: () => answer.slice(0, 3),
      socketPath: path.join(own.dataDir, "asterisk", "run", "asterisk.ctl"),
      log: (_level, line) => lines.push(line),
      lookEveryMs: 20,
      remindEveryMs: 60,
    });
    watch.start();
    await poll(() => Promise.resolve(lines.length >= 2), 30_000, "the second line about it");
    expect(new Set(lines)).to.deep.equal(
      new Set(["trunk trunk refuses our registration (403): no call comes in by it until it takes it"]),
    );
    answer = "200 OK";
    await askAsterisk(
      path.join(own.dataDir, "asterisk", "run", "asterisk.ctl"),
      "pjsip send register trunk-registration",
    );
    await poll(() => Promise.resolve(!watch.refused), 30_000, "the registration");
    expect(lines.at(-1)).to.equal("trunk trunk has taken our registration");
    await watch.stop();
  });
});
