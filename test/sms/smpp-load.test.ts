import { expect } from "chai";
import { OpenedGateways, overSmpp } from "./opened-gateways.js";
import { receiptText, Smsc } from "./smsc.js";

const MESSAGES = 1_000;

describe("a thousand messages by SMPP, as fast as the gateway takes them", () => {
  it("are each sent once and reported once, though it throttles, repeats receipts and hurries ahead", async () => {
    const texts = new Map<string, number>();
    const receipts: Promise<number>[] = [];
    let id = 0;
    const smsc: Smsc = await Smsc.start({
      onSubmit: (submit, session) => {
        // Every seventh is to come again: it was not taken.
        if (submit.sequence_number % 7 === 0) return { status: 0x58 };
        id += 1;
        const text = submit.short_message?.message ?? "";
        texts.set(text, (texts.get(text) ?? 0) + 1);
        const receipt = {
          esm_class: 4,
          source_addr: "1",
          destination_addr: "2",
          short_message: receiptText(String(id), id % 10 === 0 ? "UNDELIV" : "DELIVRD"),
        };
        const tell = (): void => {
          receipts.push(
            new Promise((resolve) => {
              session.deliver_sm(receipt, (answer) => {
                resolve(answer.command_status);
              });
            }),
          );
        };
        // Some before the answer, some after it, some twice.
        if (id % 3 === 0) tell();
        if (id % 3 !== 0 || id % 5 === 0) setImmediate(tell);
        return { id: String(id) };
      },
    });
    const gateways = new OpenedGateways([overSmpp(smsc.port, { window: "50", max_per_second: "500" })]);
    try {
      await gateways.ready();
      const outcomes = await Promise.all(
        Array.from({ length: MESSAGES }, (_, at) => gateways.send({ text: `message ${String(at)}` })),
      );
      const references = outcomes.map((outcome) => (outcome.kind === "accepted" ? outcome.reference : null));
      expect(new Set(references).size).to.equal(MESSAGES);
      expect(references).to.not.include(null);
      expect(texts.size).to.equal(MESSAGES);
      expect([...texts.values()].every((times) => times === 1)).to.equal(true);
      const repeated = references.filter((_, at) => (at + 1) % 15 === 0).length;
      await gateways.reported(MESSAGES + repeated);
      const states = new Map(gateways.reports.map(({ reference, state }) => [reference, state]));
      expect(states.size).to.equal(MESSAGES);
      expect([...states.values()].filter((state) => state === "undelivered")).to.have.length(MESSAGES / 10);
      for (const reference of references) expect(states.has(reference ?? "")).to.equal(true);
      expect((await Promise.all(receipts)).every((status) => status === 0)).to.equal(true);
    } finally {
      await gateways.close();
      await smsc.stop();
    }
  });
});
