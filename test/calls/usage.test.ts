import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { type Month, monthOf } from "../../src/usage/month.js";
import { HonninCommand, setUp } from "../cli/honnin-command.js";
import { tempDir } from "../support/temp-dir.js";
import { type Bill, billFromCells, billFromRows, cellsOfTable, TARIFF } from "./bill.js";
import { CallService, type Result } from "./call-service.js";
import { childProcesses } from "./child-processes.js";
import { Stories } from "./stories.js";

const CODE = "271828";
const [DID, DID_OF_STRANGERS] = ["0312340000", "0312340001"];
const stories = new Stories<CallService>();
const story = stories.tell.bind(stories);

/** Calls a telephone at that number, which answers and hangs up during the greeting. */
async function answeredAt(calls: CallService, number: string): Promise<Result> {
  const { phone } = await calls.phone("answers");
  calls.carrier.connect(number, phone.port);
  const { id } = await calls.register(number, { code: CODE });
  await phone.answered();
  await phone.heard.speech();
  await phone.hangUp();
  const result = await calls.ended(id);
  expect(result.attempts[0]).to.include({ outcome: "answered" });
  return result;
}

for (const [what, number] of [
  ["a mobile", "09022220001"],
  ["a second mobile", "08022220002"],
  ["a fixed line", "0322220003"],
  ["a second fixed line", "0622220004"],
  ["an IP telephone", "05022220005"],
] as const) {
  story(`a call that ${what} answers`, async (calls) => {
    await answeredAt(calls, number);
  });
}

story("a call that nobody answers", async (calls) => {
  const { number } = await calls.phone("rings-until-canceled");
  const { id } = await calls.register(number);
  const result = await calls.ended(id);
  expect(result.attempts[0]).to.include({ outcome: "no_answer", answered_at: null });
});

story("a call that is refused", async (calls) => {
  const { number } = await calls.phone("busy-486");
  const { id } = await calls.register(number);
  expect((await calls.ended(id)).attempts[0]).to.include({ outcome: "busy", answered_at: null });
});

story("a call that comes in and is answered", async (calls) => {
  const from = calls.newNumber();
  const { id } = await calls.register(from, { direction: "inbound", code: CODE });
  const phone = await calls.caller("calls", { to: DID, from });
  await phone.answered();
  await phone.heard.speech();
  await phone.hangUp();
  expect((await calls.ended(id)).attempts[0]).to.include({ direction: "inbound", outcome: "answered" });
});

story("a call that comes in and proves its number without an answer", async (calls) => {
  const from = calls.newNumber();
  const { id } = await calls.register(from, { direction: "inbound", method: "caller_id" });
  const headers = { "P-Asserted-Identity": `<sip:${from}@127.0.0.1>` };
  await calls.caller("calls-and-is-refused", { to: DID, from, refusal: 486, headers });
  const result = await calls.ended(id);
  expect(result).to.include({ status: "verified" });
  expect(result.attempts[0]).to.include({ answered_at: null });
});

story("an inbound request for which nobody calls", async (calls) => {
  expect(await calls.register(calls.newNumber(), { direction: "inbound" })).to.include({ status: "pending" });
});

story("a call of a stranger", async (calls) => {
  const phone = await calls.caller("calls", { to: DID_OF_STRANGERS, from: calls.newNumber() });
  await calls.noMatch(`+81${DID_OF_STRANGERS.slice(1)}`);
  await phone.answered();
  await phone.hangUp();
});

describe("the usage of a month of real calls", function () {
  this.timeout(240_000);
  let calls: CallService;
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let settings: Readonly<Record<string, string>>;
  let month: Month;
  let expected: Bill;

  before(async () => {
    await setUp();
    dir = await tempDir();
    settings = { HONNIN_TARIFF: path.join(dir.path, "tariff.yaml") };
    await writeFile(path.join(dir.path, "tariff.yaml"), TARIFF);
    calls = await CallService.start({
      HONNIN_DIDS: `${DID},${DID_OF_STRANGERS}`,
      HONNIN_ANSWER_INBOUND: "false",
      HONNIN_RING_SECONDS: "3",
      ...settings,
    });
    stories.playOn(calls);
  });
  after(async () => {
    await stories.over();
    await calls.stop();
    await dir.remove();
  });

  stories.report();

  describe("is the same", () => {
    before(async () => {
      await stories.over();
      month = monthOf(Date.now());
      expected = await billFromRows(calls.dataDir, month);
    });

    const printed = async (...args: readonly string[]): Promise<string> => {
      const command = ["usage", "--month", month.name, ...args];
      const { code, stdout, stderr } = await HonninCommand.run(calls.dataDir, command, {
        ...(await calls.settings()),
        ...settings,
      });
      expect(code, stderr).to.equal(0);
      return stdout;
    };
    const expectBill = (bill: Bill): void => {
      expect(bill).to.include({ month: expected.month, total: expected.total });
      expect(bill.lines).to.have.deep.members(expected.lines);
    };

    it("in the stored rows, as the calls went: five answered, three requests to be called", () => {
      const units = (service: string, item: string): number =>
        expected.lines
          .filter((line) => line.service === service && line.item === item)
          .reduce((sum, line) => sum + line.units, 0);
      expect(units("outbound", "included")).to.equal(2);
      expect(units("outbound", "unit")).to.equal(3);
      expect(units("inbound", "included")).to.equal(1);
      expect(units("inbound", "unit")).to.equal(2);
      const called = new Set(expected.lines.map((line) => line.line_type));
      expect([...called]).to.have.members([null, "mobile", "fixed", "ip"]);
      for (const line of expected.lines)
        if (line.line_type !== null) expect(line.seconds).to.be.greaterThan(0);
    });

    it("over the API", async () => {
      const { status, json } = await calls.api.get(`/v1/usage?month=${month.name}`);
      expect(status).to.equal(200);
      expectBill(json as unknown as Bill);
    });

    it("as JSON of the command", async () => {
      const [bill, ...others] = JSON.parse(await printed("--json")) as (Bill & { client: string })[];
      expect(others).to.deep.equal([]);
      expect(bill).to.include({ client: "test" });
      if (bill !== undefined) expectBill(bill);
    });

    it("as CSV of the command", async () => {
      const text = await printed("--csv");
      expectBill(
        billFromCells(
          text
            .trimEnd()
            .split("\n")
            .map((row) => row.split(",")),
        ),
      );
    });

    it("as a table of the command", async () => {
      expectBill(billFromCells(cellsOfTable(await printed())));
    });
  });

  describe("when it is stopped", () => {
    it("leaves no process", async () => {
      await calls.stop();
      expect(childProcesses()).to.deep.equal([]);
    });
  });
});
