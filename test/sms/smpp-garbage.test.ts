import { expect } from "chai";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import fc from "fast-check";
import { PduReader, SmppProtocolError } from "../../src/sms/smpp/pdu.js";
import { readDelivered } from "../../src/sms/smpp/receipt.js";
import { PATIENCE_MS, WaitingRoom } from "../phones/waiting.js";
import { OpenedGateways, overSmpp, upOf } from "./opened-gateways.js";

const BIND_OK = pdu(0x80000009, 0, 1, Buffer.from("smsc\0"));
const GENERIC_NACK = 0x80000000;

function pdu(command: number, status: number, sequence: number, body: Buffer, length?: number): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32BE(length ?? 16 + body.length, 0);
  header.writeUInt32BE(command, 4);
  header.writeUInt32BE(status, 8);
  header.writeUInt32BE(sequence, 12);
  return Buffer.concat([header, body]);
}

describe("a gateway by SMPP that talks nonsense", () => {
  let server: Server;
  const room = new WaitingRoom();
  const sockets: Socket[] = [];
  /** What each connection has said to us. */
  const heard: Buffer[] = [];
  let gateways: OpenedGateways;

  beforeEach(async () => {
    sockets.length = 0;
    heard.length = 0;
    server = createServer((socket) => {
      const at = sockets.push(socket) - 1;
      heard[at] = Buffer.alloc(0);
      socket.on("error", () => undefined);
      socket.on("data", (chunk) => {
        const before = heard[at] ?? Buffer.alloc(0);
        if (before.length === 0) socket.write(BIND_OK);
        heard[at] = Buffer.concat([before, chunk]);
        room.look();
      });
      socket.on("end", () => {
        room.look();
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    gateways = new OpenedGateways([
      overSmpp((server.address() as AddressInfo).port, { answer_seconds: "1" }),
    ]);
    await gateways.ready();
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await gateways.close();
    for (const socket of sockets) socket.destroy();
    const closed = once(server, "close");
    server.close();
    await closed;
  });

  /** The last PDU that was said on the first connection: its command and status. */
  const last = (): { command: number; status: number } | undefined => {
    const said = heard[0] ?? Buffer.alloc(0);
    let found: { command: number; status: number } | undefined;
    for (let at = 0; at + 16 <= said.length; at += said.readUInt32BE(at))
      found = { command: said.readUInt32BE(at + 4), status: said.readUInt32BE(at + 8) };
    return found;
  };

  const NONSENSE: Readonly<Record<string, readonly [bytes: Buffer, status: number]>> = {
    "a length of four gigabytes": [pdu(5, 0, 1, Buffer.alloc(0), 0xffffffff), 2],
    "a length of nothing": [Buffer.alloc(64), 2],
    "a length shorter than a header": [pdu(5, 0, 1, Buffer.alloc(0), 15), 2],
    "a web server's words": [Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"), 2],
    "a command that there is not": [pdu(0x7777, 0, 1, Buffer.alloc(0)), 3],
    "a deliver_sm that is cut short": [pdu(5, 0, 1, Buffer.from("\0\x01\x01090")), 3],
    "a deliver_sm without a body": [pdu(5, 0, 1, Buffer.alloc(0)), 3],
    "a text without its end": [pdu(5, 0, 1, Buffer.alloc(5000, "x")), 3],
  };
  for (const [what, [bytes, status]] of Object.entries(NONSENSE)) {
    it(`is told so at ${what}, and the link is made again`, async () => {
      sockets[0]?.write(bytes);
      await room.until(() => sockets[1], PATIENCE_MS, "another connection");
      expect(last()).to.deep.equal({ command: GENERIC_NACK, status });
    });
  }

  it("is not believed when it answers to something else: whether the message went is unknown", async () => {
    const sending = gateways.send();
    await room.until(() => (last()?.command === 4 ? true : undefined), PATIENCE_MS, "the submit");
    sockets[0]?.write(pdu(0x80000015, 0, 2, Buffer.alloc(0)));
    expect(await sending).to.include({ kind: "unknown", code: "protocol_error" });
  });

  it("does not make a message sent twice by an id that cannot be read", async () => {
    const sending = gateways.send();
    await room.until(() => (last()?.command === 4 ? true : undefined), PATIENCE_MS, "the submit");
    sockets[0]?.write(pdu(0x80000004, 0, 2, Buffer.alloc(300, "9")));
    expect(await sending).to.include({ kind: "unknown", code: "protocol_error" });
  });

  it("has refused a message that it answers with generic_nack", async () => {
    const sending = gateways.send();
    await room.until(() => (last()?.command === 4 ? true : undefined), PATIENCE_MS, "the submit");
    sockets[0]?.write(pdu(GENERIC_NACK, 3, 2, Buffer.alloc(0)));
    expect(await sending).to.include({ kind: "refused", code: "ESME_RINVCMDID" });
  });

  it("is left when it says nothing any more", async () => {
    await gateways.close();
    gateways = new OpenedGateways([
      overSmpp((server.address() as AddressInfo).port, { answer_seconds: "1", enquire_seconds: "1" }),
    ]);
    await room.until(() => sockets[2], PATIENCE_MS, "a connection after the one that was silent");
    expect(gateways.logged()).to.contain("silent");
  });

  it("may send commands that are of no use here, and the link stays", async () => {
    sockets[0]?.write(
      Buffer.concat([
        pdu(0x102, 0, 7, Buffer.from("\x01\x01a\0\x01\x01b\0")),
        pdu(0x103, 0, 8, Buffer.alloc(0)),
      ]),
    );
    await room.until(() => (last()?.command === GENERIC_NACK ? true : undefined), PATIENCE_MS, "a nack");
    expect(sockets).to.have.length(1);
    expect(upOf(gateways)).to.deep.equal(["main"]);
  });
});

describe("what comes by SMPP", () => {
  const units = fc.array(fc.record({ command: fc.nat(), body: fc.uint8Array({ maxLength: 300 }) }), {
    maxLength: 10,
  });

  it("is cut into the same units, however it is cut on its way", () => {
    fc.assert(
      fc.property(units, fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (list, sizes) => {
        const bytes = Buffer.concat(
          list.map(({ command, body }, at) => pdu(command, at, at + 1, Buffer.from(body))),
        );
        const reader = new PduReader();
        const read = [];
        for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          read.push(...reader.read(bytes.subarray(at, at + size)));
          at += size;
        }
        expect(read.map(({ command, body }) => ({ command, body: new Uint8Array(body) }))).to.deep.equal(
          list.map(({ command, body }) => ({ command, body: new Uint8Array(body) })),
        );
      }),
    );
  });

  it("is read as a message or refused, whatever its bytes are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        try {
          readDelivered(Buffer.from(bytes), "hex_then_decimal");
        } catch (error) {
          expect(error).to.be.instanceOf(SmppProtocolError);
        }
      }),
    );
  });
});
