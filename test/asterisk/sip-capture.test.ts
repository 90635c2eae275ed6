import { expect } from "chai";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readInfoKey } from "../../src/asterisk/info-key.js";
import { InfoKeys } from "../../src/asterisk/info-keys.js";
import { readRefusal } from "../../src/asterisk/sip-refusal.js";
import { readNamedMedia } from "../../src/asterisk/named-media.js";
import { NamedPlaces } from "../../src/asterisk/named-places.js";
import { readVoiceOffer } from "../../src/asterisk/voice-offer.js";
import { SipCapture } from "../../src/asterisk/sip-capture.js";

function response(status: number, headers: readonly string[] = [], method = "INVITE"): string {
  const lines = [`SIP/2.0 ${status} No`, "Call-ID: c1@host", `CSeq: 7 ${method}`, ...headers];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

const read = (text: string): ReturnType<typeof readRefusal> => readRefusal(Buffer.from(text));

describe("what a refusal of a call says", () => {
  for (const [header, cause] of [
    ["Reason: Q.850;cause=17", 17],
    ['Reason: Q.850 ; cause=17 ; text="User busy"', 17],
    ['Reason: Q.850;text="cause unknown";cause=20', 20],
    ["reason: q.850;CAUSE=34", 34],
    ["Reason: SIP;cause=486, Q.850;cause=17", 17],
    ["Reason: SIP;cause=486\r\nReason: Q.850;cause=17", 17],
    ["Reason: Q.850\r\n ;cause=17", 17],
    ["Reason: SIP;cause=486", null],
    ["Reason: Q.850;cause=0", null],
    ["Reason: Q.850;cause=200", null],
    ["Reason: Q.850;cause=", null],
    ["Reason:", null],
    ["X-Reason: Q.850;cause=17", null],
  ] as const) {
    it(`is ${cause === null ? "no cause" : `cause ${cause}`} by ${JSON.stringify(header)}`, () => {
      expect(read(response(480, [header]))).to.include({ callId: "c1@host", status: 480, q850Cause: cause });
    });
  }

  it("is not looked for in other messages", () => {
    expect(read(response(183))).to.equal(undefined);
    expect(read(response(200))).to.equal(undefined);
    expect(read(response(481, [], "BYE"))).to.equal(undefined);
    expect(read("INVITE sip:1@host SIP/2.0\r\nCall-ID: c1\r\nCSeq: 1 INVITE\r\n\r\n")).to.equal(undefined);
    expect(read("SIP/2.0 480")).to.equal(undefined);
    expect(read("")).to.equal(undefined);
  });

  it("says what the trunk wants, and nothing of the nonce", () => {
    const wanted = read(
      response(407, [
        'Proxy-Authenticate: Digest realm="r", nonce="secret", algorithm=SHA-512-256, qop="auth,auth-int"',
        'Proxy-Authenticate: Digest realm="r", nonce="secret"',
      ]),
    )?.wanted;
    expect(wanted).to.deep.equal(["Digest algorithm=SHA-512-256 qop=auth,auth-int", "Digest algorithm=MD5"]);
  });
});

describe("what a call offers", () => {
  const offer = (...media: readonly string[]): Buffer =>
    Buffer.from(
      ["INVITE sip:1@host SIP/2.0", "i: c1@host", "CSeq: 1 INVITE", "", "v=0", ...media, ""].join("\r\n"),
    );
  for (const [media, encrypted] of [
    [["m=audio 4000 RTP/AVP 0"], false],
    [["m=audio 4000 RTP/AVPF 0"], false],
    [["m=audio 4000 RTP/SAVP 0"], true],
    [["m=audio 4000 RTP/SAVPF 0"], true],
    [["m=audio 4000 UDP/TLS/RTP/SAVPF 0"], true],
    [["m=audio 4000 RTP/SAVP 0", "m=audio 4000 RTP/AVP 0"], true],
    [["m=audio 4000 RTP/AVP 0", "m=audio 4000 RTP/SAVP 0"], false],
    [["m=audio 0 RTP/SAVP 0", "m=audio 4000 RTP/AVP 0"], false],
    [["m=video 4000 RTP/SAVP 97", "m=audio 4000 RTP/AVP 0"], false],
  ] as const) {
    it(`is ${encrypted ? "encrypted" : "plain"} voice by ${media.join(", ")}`, () => {
      expect(readVoiceOffer(offer(...media))).to.deep.equal({ callId: "c1@host", encrypted });
    });
  }

  it("is nothing without a description", () => {
    expect(readVoiceOffer(offer())).to.equal(undefined);
    expect(readVoiceOffer(Buffer.from(response(200)))).to.equal(undefined);
  });
});

function info(type: string, body: string, cseq = 3): string {
  const lines = [
    "INFO sip:1@host SIP/2.0",
    "Call-ID: c1@host",
    `CSeq: ${cseq} INFO`,
    `Content-Type: ${type}`,
  ];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

describe("what key an INFO request tells of", () => {
  for (const [type, body, digit] of [
    ["application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", "5"],
    ["Application/DTMF-Relay", "signal= *\r\nDuration=160", "*"],
    ["application/dtmf-relay", "Duration=100\nSignal=11\n", "#"],
    ["application/dtmf", "7", "7"],
    ["application/dtmf;charset=utf-8", "10\r\n", "*"],
    ["application/dtmf", "D", "D"],
    ["application/dtmf", "", undefined],
    ["application/dtmf-relay", "Duration=160", undefined],
    ["application/vnd.nortelnetworks.digits", "p=Digit-Collection\r\nd=5", undefined],
    ["application/media_control+xml", "<media_control/>", undefined],
  ] as const) {
    it(`is ${digit ?? "none"} by ${type} ${JSON.stringify(body)}`, () => {
      const key = readInfoKey(Buffer.from(info(type, body)));
      expect(key).to.deep.equal(digit === undefined ? undefined : { callId: "c1@host", cseq: 3, digit });
    });
  }

  it("is none in other messages", () => {
    expect(readInfoKey(Buffer.from(response(200, [], "INFO")))).to.equal(undefined);
    expect(readInfoKey(Buffer.from("INFO "))).to.equal(undefined);
  });
});

describe("keys that came by SIP INFO", () => {
  const key = (
    digit: string,
    cseq: number,
    callId = "c1",
  ): { callId: string; cseq: number; digit: string } => ({
    callId,
    cseq,
    digit,
  });

  it("are told once each, of their call, though a request was sent again", () => {
    const keys = new InfoKeys();
    for (const request of [key("5", 3), key("5", 3), key("5", 4), key("7", 5)]) keys.note(request);
    expect(keys.take("c2", "5")).to.equal(false);
    expect(["7", "5", "5", "5", "7"].map((digit) => keys.take("c1", digit))).to.deep.equal([
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it("are forgotten when nobody asks for them within a moment, and when others come", () => {
    let now = 0;
    const keys = new InfoKeys(() => now);
    keys.note(key("5", 3));
    now = 5_000;
    expect(keys.take("c1", "5")).to.equal(false);
    keys.note(key("6", 1, "c2"));
    for (let call = 0; call < 4_000; call += 1) keys.note(key("1", 1, `stranger ${call}`));
    expect(keys.take("c2", "6")).to.equal(false);
  });
});

/** As `res_hep` sends it; chunks of another vendor and of other types are among them. */
function hep(message: string, password: string): Buffer {
  const chunk = (vendor: number, type: number, value: Buffer): Buffer => {
    const head = Buffer.alloc(6);
    head.writeUInt16BE(vendor, 0);
    head.writeUInt16BE(type, 2);
    head.writeUInt16BE(6 + value.length, 4);
    return Buffer.concat([head, value]);
  };
  const chunks = Buffer.concat([
    chunk(0, 0x0001, Buffer.from([2])),
    chunk(0, 0x000b, Buffer.from([1])),
    chunk(0, 0x000e, Buffer.from(password)),
    chunk(4, 0x000f, Buffer.from("another vendor's")),
    chunk(0, 0x000f, Buffer.from(message)),
  ]);
  const head = Buffer.from("HEP3\0\0");
  head.writeUInt16BE(6 + chunks.length, 4);
  return Buffer.concat([head, chunks]);
}

describe("the copies of SIP messages", () => {
  let capture: SipCapture;
  const sender = createSocket("udp4");
  before(async () => {
    sender.bind(0, "127.0.0.1");
    await once(sender, "listening");
  });
  after(() => {
    sender.close();
  });
  beforeEach(async () => {
    capture = await SipCapture.open();
  });
  afterEach(() => capture.close());

  const send = (...packets: readonly Buffer[]): void => {
    for (const packet of packets) sender.send(packet, capture.port, "127.0.0.1");
  };

  it("tell of a refusal, whether it comes before the question or after", async () => {
    const asked = capture.refusalOf("c1@host", 480);
    send(hep(response(480, ["Reason: Q.850;cause=20"]), capture.password));
    expect(await asked).to.include({ q850Cause: 20 });
    // Datagrams over loopback keep their order: when the second is told, the first was heard.
    send(hep(response(486), capture.password));
    send(hep(response(503).replace("c1@", "c2@"), capture.password));
    expect(await capture.refusalOf("c2@host", 503)).to.include({ q850Cause: null });
    expect(await capture.refusalOf("c1@host", 486)).to.include({ status: 486 });
  });

  it("tell which keys came by SIP INFO", async () => {
    send(hep(info("application/dtmf", "5"), capture.password), hep(response(480), capture.password));
    await capture.refusalOf("c1@host", 480);
    expect(capture.cameByInfo("c1@host", "5")).to.equal(true);
    expect(capture.cameByInfo("c1@host", "5")).to.equal(false);
  });

  it("are waited for past a challenge that was answered", async () => {
    const asked = capture.refusalOf("c1@host", 480);
    send(hep(response(407), capture.password), hep(response(480), capture.password));
    expect(await asked).to.include({ status: 480 });
  });

  it("count from nobody but Asterisk, and what is malformed harms nothing", async () => {
    const asked = capture.refusalOf("c1@host", 480);
    const right = hep(response(480, ["Reason: Q.850;cause=20"]), capture.password);
    send(
      hep(response(480, ["Reason: Q.850;cause=17"]), "guessed"),
      Buffer.from("HEP3"),
      Buffer.alloc(0),
      right.subarray(0, right.length - 3),
      Buffer.from("HEP3\0\x10\0\0\0\x0b\0\0\0\0"),
      right,
    );
    expect(await asked).to.include({ q850Cause: 20 });
  });

  it("are given up after a moment, and when the capture ends", async () => {
    expect(await capture.refusalOf("never@host", 480)).to.equal(undefined);
    const asked = capture.refusalOf("never@host", 480);
    await capture.close();
    expect(await asked).to.equal(undefined);
  });
});

describe("where an SDP has voice sent to", () => {
  const named = (...lines: string[]): readonly string[] | undefined =>
    readNamedMedia(
      Buffer.from(
        ["SIP/2.0 200 OK", "Call-ID: c1@host", "CSeq: 7 INVITE", "", "v=0", ...lines, ""].join("\r\n"),
      ),
    )?.addresses;

  for (const [what, lines, addresses] of [
    ["the session's", ["c=IN IP4 192.0.2.1", "t=0 0", "m=audio 4000 RTP/AVP 0"], ["192.0.2.1:4000"]],
    [
      "the medium's own",
      ["c=IN IP4 192.0.2.1", "m=audio 4000 RTP/AVP 0", "c=IN IP4 192.0.2.9"],
      ["192.0.2.9:4000"],
    ],
    ["an IPv6 one", ["m=audio 4000/1 RTP/AVP 0", "c=IN IP6 2001:db8::1"], ["[2001:db8::1]:4000"]],
    [
      "that of the voice, not of a picture",
      ["c=IN IP4 192.0.2.1", "m=video 5000 RTP/AVP 96", "m=audio 4000 RTP/AVP 0"],
      ["192.0.2.1:4000"],
    ],
    ["none, of a line that is refused", ["c=IN IP4 192.0.2.1", "m=audio 0 RTP/AVP 0"], []],
    ["none, where there is no address", ["m=audio 4000 RTP/AVP 0"], []],
  ] as const) {
    it(`is ${what}`, () => {
      expect(named(...lines)).to.deep.equal(addresses);
    });
  }

  it("is nowhere in a message without voice", () => {
    expect(named("m=image 4000 udptl t38")).to.equal(undefined);
  });

  it("is each place of the call, of the last sixteen, and of no other call", () => {
    const places = new NamedPlaces();
    for (let nth = 0; nth < 17; nth += 1)
      places.note({ callId: "a", addresses: [`192.0.2.1:${4000 + nth}`] });
    expect(places.has("a", "192.0.2.1:4016")).to.equal(true);
    expect(places.has("a", "192.0.2.1:4001")).to.equal(true);
    expect(places.has("a", "192.0.2.1:4000")).to.equal(false);
    expect(places.has("b", "192.0.2.1:4016")).to.equal(false);
  });
});
