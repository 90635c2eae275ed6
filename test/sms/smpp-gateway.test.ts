import { expect } from "chai";
import { PATIENCE_MS } from "../phones/waiting.js";
import { NUMBER, OpenedGateways, overSmpp, SECRET, type Entry, upOf } from "./opened-gateways.js";
import { numbered, receiptText, Smsc, type SmscOptions } from "./smsc.js";
import { type TestTls, testTls } from "./tls-pair.js";

const JAPANESE = "認証コードは 123456 です。誰にも教えないでください。";

describe("a gateway by SMPP", () => {
  const smscs: Smsc[] = [];
  const opened: OpenedGateways[] = [];

  const centre = async (options: SmscOptions = {}): Promise<Smsc> => {
    const smsc = await Smsc.start(options);
    smscs.push(smsc);
    return smsc;
  };
  const open = (...entries: readonly Entry[]): OpenedGateways => {
    const gateways = new OpenedGateways(entries);
    opened.push(gateways);
    return gateways;
  };
  afterEach(async () => {
    for (const gateways of opened.splice(0)) await gateways.close();
    for (const smsc of smscs.splice(0)) await smsc.stop();
  });

  it("binds as a transceiver of SMPP 3.4, and sends with sender, recipient, validity and receipt", async () => {
    const smsc = await centre();
    const gateways = open(overSmpp(smsc.port, { sender: "ACME", system_type: "auth" }));
    await gateways.ready();
    expect(await gateways.send({ expiresAt: Date.now() + 299_500 })).to.deep.equal({
      kind: "accepted",
      gateway: "main",
      reference: "1",
    });
    expect(smsc.binds[0]).to.include({ system_id: "honnin", password: SECRET, interface_version: 0x34 });
    const [submit] = smsc.submits;
    expect(submit).to.include({ source_addr: "ACME", source_addr_ton: 5, source_addr_npi: 0 });
    expect(submit).to.include({ destination_addr: NUMBER.slice(1), dest_addr_ton: 1, dest_addr_npi: 1 });
    expect(submit).to.include({ registered_delivery: 1, esm_class: 0, data_coding: 0 });
    expect(submit?.short_message).to.deep.equal({ message: "Code 123456" });
    expect(submit?.validity_period, "a span of five minutes").to.be.instanceOf(Date);
  });

  const TEXTS: readonly (readonly [what: string, text: string, coding: number, parts: number])[] = [
    ["with the extension table", "[code] {123456} 5€", 0, 1],
    ["in Japanese", JAPANESE, 8, 1],
    ["of three parts", "a€".repeat(130), 0, 3],
    ["of two parts in Japanese", "認証🙂".repeat(20), 8, 2],
  ];
  for (const [what, text, coding, parts] of TEXTS) {
    it(`brings over a text ${what}`, async () => {
      const smsc = await centre();
      const gateways = open(overSmpp(smsc.port));
      await gateways.ready();
      expect(await gateways.send({ text })).to.include({ kind: "accepted", reference: "1" });
      expect(smsc.submits).to.have.length(parts);
      expect(smsc.submits.map(({ short_message }) => short_message?.message).join("")).to.equal(text);
      for (const [at, { data_coding, short_message, esm_class }] of smsc.submits.entries()) {
        expect(data_coding).to.equal(coding);
        if (parts === 1) continue;
        expect(esm_class).to.equal(0x40);
        const header = short_message?.udh?.[0];
        expect(header?.subarray(0, 2).toString("hex")).to.equal("0003");
        expect([...(header?.subarray(3) ?? [])]).to.deep.equal([parts, at + 1]);
      }
    });
  }

  it("sends a long text in one message_payload where that is wanted", async () => {
    const smsc = await centre();
    const gateways = open(overSmpp(smsc.port, { long: "payload" }));
    await gateways.ready();
    const text = "認証".repeat(100);
    expect(await gateways.send({ text })).to.include({ kind: "accepted", reference: "1" });
    expect(smsc.submits).to.have.length(1);
    expect(smsc.submits[0]?.message_payload?.message).to.equal(text);
  });

  it("tells of a receipt by its text, and thanks for it however often it comes", async () => {
    const smsc = await centre();
    const gateways = open(overSmpp(smsc.port));
    await gateways.ready();
    await gateways.send();
    for (let time = 0; time < 2; time += 1)
      expect(await smsc.receipt({ short_message: receiptText("1", "DELIVRD") })).to.equal(0);
    expect(gateways.reports).to.deep.equal(
      Array.from({ length: 2 }, () => ({ gateway: "main", reference: "1", state: "delivered", code: null })),
    );
  });

  it("believes the optional parameters before the text", async () => {
    const smsc = await centre();
    const gateways = open(overSmpp(smsc.port));
    await gateways.ready();
    await smsc.receipt({
      short_message: receiptText("9", "DELIVRD", "015"),
      receipted_message_id: "1",
      message_state: 5,
    });
    expect(gateways.reports).to.deep.equal([
      { gateway: "main", reference: "1", state: "undelivered", code: "UNDELIV 015" },
    ]);
  });

  it("reads nothing of a receipt out of the message that it repeats", async () => {
    const smsc = await centre();
    const gateways = open(overSmpp(smsc.port));
    await gateways.ready();
    expect(await smsc.receipt({ short_message: "id:1 stat:ACCEPTD text:id:2 stat:DELIVRD" })).to.equal(0);
    expect(await smsc.receipt({ short_message: "a person's own words", esm_class: 0 })).to.equal(0);
    expect(await gateways.ended(2)).to.deep.equal(["not_final", "no_receipt"]);
    expect(gateways.reports).to.deep.equal([]);
  });

  it("counts a message as delivered when all of its parts are", async () => {
    const smsc = await centre();
    const gateways = open(overSmpp(smsc.port));
    await gateways.ready();
    await gateways.send({ text: "認".repeat(200) });
    for (const id of ["2", "2", "3"]) {
      expect(await smsc.receipt({ short_message: receiptText(id, "DELIVRD") })).to.equal(0);
      expect(gateways.reports).to.deep.equal([]);
    }
    await smsc.receipt({ short_message: receiptText("1", "DELIVRD") });
    expect(gateways.reports).to.deep.equal([
      { gateway: "main", reference: "1", state: "delivered", code: null },
    ]);
  });

  it("counts a message as undelivered when one part is, and never as delivered then", async () => {
    const smsc = await centre();
    const gateways = open(overSmpp(smsc.port));
    await gateways.ready();
    await gateways.send({ text: "認".repeat(100) });
    await smsc.receipt({ short_message: receiptText("2", "EXPIRED") });
    await smsc.receipt({ short_message: receiptText("1", "DELIVRD") });
    expect(gateways.reports).to.deep.equal([
      { gateway: "main", reference: "1", state: "undelivered", code: "EXPIRED" },
    ]);
  });

  const IDS: readonly (readonly [ids: string, answered: string, reported: string])[] = [
    ["hex_then_decimal", "1F4a", "8010"],
    ["decimal_then_hex", "8010", "00001f4A"],
  ];
  for (const [ids, answered, reported] of IDS) {
    it(`knows an id again that is ${ids}`, async () => {
      const smsc = await centre({ onSubmit: () => ({ id: answered }) });
      const gateways = open(overSmpp(smsc.port, { receipt_ids: ids }));
      await gateways.ready();
      const sent = await gateways.send();
      await smsc.receipt({ short_message: receiptText(reported, "DELIVRD") });
      expect(sent).to.include({ reference: "8010" });
      expect(gateways.reports).to.deep.include.members([
        { gateway: "main", reference: "8010", state: "delivered", code: null },
      ]);
    });
  }

  it("holds a receipt that comes before the answer, until the answer says of what it is", async () => {
    let part = 0;
    const smsc = await centre({
      onSubmit: (_submit, session) => {
        part += 1;
        const id = `p${String(part)}`;
        session.deliver_sm(
          {
            esm_class: 4,
            short_message: receiptText(id, "DELIVRD"),
            source_addr: "1",
            destination_addr: "2",
          },
          () => undefined,
        );
        return { id };
      },
    });
    const gateways = open(overSmpp(smsc.port));
    await gateways.ready();
    await gateways.send({ text: "認".repeat(100) });
    expect(await gateways.reported(1)).to.deep.equal([
      { gateway: "main", reference: "p1", state: "delivered", code: null },
    ]);
    expect(await gateways.ended(2)).to.have.members(["waiting", "kept"]);
  });

  it("passes on a receipt of an id that it does not know, as after a start", async () => {
    const smsc = await centre();
    const gateways = new OpenedGateways([overSmpp(smsc.port)], { onReport: () => Promise.resolve(false) });
    opened.push(gateways);
    await gateways.ready();
    expect(await smsc.receipt({ short_message: receiptText("77", "DELIVRD") })).to.equal(0);
  });

  it("does not thank for a receipt that was not kept", async () => {
    const smsc = await centre();
    const gateways = new OpenedGateways([overSmpp(smsc.port)], {
      onReport: () => Promise.reject(new Error("no disk")),
    });
    opened.push(gateways);
    await gateways.ready();
    expect(await smsc.receipt({ short_message: receiptText("77", "DELIVRD") })).to.equal(0x64);
  });

  it("takes an answer with an error for a refusal", async () => {
    const smsc = await centre({ onSubmit: () => ({ status: 0x0b }) });
    const gateways = open(overSmpp(smsc.port));
    await gateways.ready();
    expect(await gateways.send()).to.deep.equal({
      kind: "refused",
      gateway: "main",
      code: "ESME_RINVDSTADR",
    });
    expect(smsc.submits).to.have.length(1);
  });

  it("tries again what was throttled, and sends it once", async () => {
    const take = numbered();
    let refusals = 2;
    const smsc = await centre({
      onSubmit: (submit, session) => {
        refusals -= 1;
        if (refusals < 0) return take(submit, session);
        return { status: refusals === 0 ? 0x14 : 0x58 };
      },
    });
    const gateways = open(overSmpp(smsc.port));
    await gateways.ready();
    expect(await gateways.send()).to.include({ kind: "accepted", reference: "1" });
    expect(smsc.submits).to.have.length(3);
  });

  it("gives up what is throttled until it is of no use any more", async () => {
    const smsc = await centre({ onSubmit: () => ({ status: 0x58 }) });
    const gateways = open(overSmpp(smsc.port));
    await gateways.ready();
    expect(await gateways.send({ expiresAt: Date.now() + 1_500 })).to.include({
      kind: "refused",
      code: "ESME_RTHROTTLED",
    });
  });

  it("does not know whether a message went that nobody answered, and sends it to no other", async () => {
    const smsc = await centre({ onSubmit: () => "silence" });
    const other = await centre();
    const gateways = open(
      overSmpp(smsc.port, { answer_seconds: "1" }),
      overSmpp(other.port, { name: "second", order: "2" }),
    );
    await gateways.ready(2);
    expect(await gateways.send()).to.deep.equal({ kind: "unknown", gateway: "main", code: "timeout" });
    expect(smsc.submits).to.have.length(1);
    expect(other.submits).to.have.length(0);
    expect(await gateways.send(), "the next goes by another").to.include({ gateway: "second" });
  });

  it("does not know whether a message went when the link broke, and makes the link again", async () => {
    const take = numbered();
    let isCut = false;
    const smsc: Smsc = await centre({
      onSubmit: (submit, session) => {
        if (isCut) return take(submit, session);
        isCut = true;
        session.destroy();
        return "silence";
      },
    });
    const gateways = open(overSmpp(smsc.port));
    await gateways.ready();
    expect(await gateways.send()).to.include({ kind: "unknown", code: "closed" });
    expect(await gateways.send(), "it waits for the link").to.include({ kind: "accepted", reference: "1" });
    expect(smsc.submits).to.have.length(2);
    expect(smsc.binds).to.have.length(2);
  });

  it("does not know of a message whose second part was refused", async () => {
    let count = 0;
    const smsc = await centre({
      onSubmit: () => {
        count += 1;
        return count === 1 ? { id: "1" } : { status: 0x45 };
      },
    });
    const other = await centre();
    const gateways = open(overSmpp(smsc.port), overSmpp(other.port, { name: "second", order: "2" }));
    await gateways.ready(2);
    expect(await gateways.send({ text: "認".repeat(100) })).to.deep.equal({
      kind: "unknown",
      gateway: "main",
      code: "ESME_RSUBMITFAIL",
    });
    expect(other.submits).to.have.length(0);
  });

  it("hands a message to the next gateway when the first refuses it, and none is sent twice", async () => {
    const smsc = await centre({ onSubmit: () => ({ status: 0x45 }) });
    const other = await centre();
    const gateways = open(
      overSmpp(other.port, { name: "second", order: "2" }),
      overSmpp(smsc.port, { order: "1" }),
    );
    await gateways.ready(2);
    expect(upOf(gateways)).to.deep.equal(["main", "second"]);
    expect(await gateways.send()).to.include({ kind: "accepted", gateway: "second" });
    expect(smsc.submits).to.have.length(1);
    expect(other.submits).to.have.length(1);
  });

  it("goes by a gateway that takes the number, and refuses where none does", async () => {
    const smsc = await centre();
    const gateways = open(overSmpp(smsc.port, { prefixes: "+8180" }));
    await gateways.ready();
    expect(await gateways.send()).to.deep.equal({ kind: "refused", gateway: "", code: "no_gateway" });
    expect(await gateways.send({ to: "+818012345678" })).to.include({ kind: "accepted" });
  });

  it("goes by the other while the link of the first is down, and by the first when it is up again", async () => {
    let isRefused = true;
    const smsc = await centre({ bindStatus: () => (isRefused ? 0x0e : 0) });
    const other = await centre();
    const gateways = open(overSmpp(smsc.port), overSmpp(other.port, { name: "second", order: "2" }));
    await gateways.ready();
    expect(await gateways.send()).to.include({ gateway: "second" });
    isRefused = false;
    await gateways.ready(2);
    expect(await gateways.send()).to.include({ gateway: "main" });
    expect(gateways.logged()).to.contain("ESME_RINVPASWD");
  });

  it("never has more submits open than its window", async () => {
    let atOnce = 0;
    let most = 0;
    const smsc = await centre({
      onSubmit: (submit, session) => {
        atOnce += 1;
        most = Math.max(most, atOnce);
        // Answered in the next turn of the loop, when others have had their chance to come.
        setImmediate(() => {
          atOnce -= 1;
          session.send(submit.response({ message_id: String(submit.sequence_number) }));
        });
        return "silence";
      },
    });
    const gateways = open(overSmpp(smsc.port, { window: "3" }));
    await gateways.ready();
    const outcomes = await Promise.all(Array.from({ length: 60 }, () => gateways.send()));
    expect(outcomes.every(({ kind }) => kind === "accepted")).to.equal(true);
    expect(most).to.be.within(2, 3);
  });

  it("answers enquiries and good-byes, and comes again", async () => {
    const smsc = await centre();
    const gateways = open(overSmpp(smsc.port));
    const session = await smsc.bound();
    await new Promise<void>((resolve) => {
      session.enquire_link(() => {
        resolve();
      });
    });
    await new Promise<void>((resolve) => {
      session.unbind(() => {
        resolve();
      });
    });
    await smsc.room.until(() => smsc.binds[1], PATIENCE_MS, "a second bind");
    await gateways.ready();
    expect(gateways.logged()).to.contain("unbound_by_gateway");
  });

  describe("over TLS", () => {
    let tls: TestTls;
    before(async () => {
      tls = await testTls();
    });
    after(() => tls.remove());
    const secure = (port: number, entry: Entry = {}): Entry =>
      overSmpp(port, {
        url: `smpps://localhost:${String(port)}`,
        tls_ca: tls.caFile,
        ...entry,
      });

    it("sends, and takes receipts", async () => {
      const smsc = await centre({ tls });
      const gateways = open(secure(smsc.port));
      await gateways.ready();
      expect(await gateways.send()).to.include({ kind: "accepted", reference: "1" });
      expect(await smsc.receipt({ short_message: receiptText("1", "DELIVRD") })).to.equal(0);
    });

    const DISTRUSTED: readonly (readonly [what: string, entry: Entry, code: RegExp])[] = [
      ["an authority that nobody knows", { tls_ca: "" }, /SELF_SIGNED|UNABLE_TO_VERIFY/],
      ["the name of another", { url: "" }, /ERR_TLS_CERT_ALTNAME_INVALID/],
    ];
    for (const [what, entry, code] of DISTRUSTED) {
      it(`tells no password to a certificate of ${what}`, async () => {
        const smsc = await centre({ tls });
        const url = entry["url"] === "" ? { url: `smpps://127.0.0.1:${String(smsc.port)}` } : {};
        const gateways = open(secure(smsc.port, { ...entry, ...url }));
        expect(await gateways.send({ expiresAt: Date.now() + 3_000 })).to.include({ kind: "refused" });
        expect(gateways.logged()).to.match(code);
        expect(smsc.binds).to.have.length(0);
      });
    }
  });
});
