import { expect } from "chai";
import { PATIENCE_MS } from "../phones/waiting.js";
import { PostgresServer } from "../support/postgres.js";
import { CallService } from "./call-service.js";
import { childProcesses } from "./child-processes.js";
import { Stories } from "./stories.js";

const CODE = "271828";
const DID = "0312340000";

const stories = new Stories<CallService>();
const story = stories.tell.bind(stories);

story("out: the code that is keyed verifies", async (calls) => {
  const { phone, number } = await calls.phone("answers");
  const { id } = await calls.register(number, { code: CODE });
  await phone.answered();
  await calls.happened(id, "listening");
  await phone.press(CODE);
  await phone.hungUpOn();
  expect(await calls.ended(id)).to.include({ status: "verified", code_entries: 1 });
});

story("out: a wrong code is one, and the next is right", async (calls) => {
  const { phone, number } = await calls.phone("answers");
  const { id } = await calls.register(number, { code: CODE });
  await phone.answered();
  await calls.happened(id, "listening");
  await phone.press("000000");
  await calls.happened(id, "listening", { nth: 2 });
  await phone.press(CODE);
  await phone.hungUpOn();
  expect(await calls.ended(id)).to.include({ status: "verified", code_entries: 2 });
});

story("out: busy, and then called again", async (calls) => {
  const number = calls.newNumber();
  calls.carrier.reply(number, 486, "Busy Here");
  const { id } = await calls.register(number, { code: CODE, max_call_attempts: 2 });
  await calls.happened(id, "ended", { nth: 2 });
  const { status, reason, attempts } = await calls.result(id);
  expect([status, reason, attempts.length]).to.deep.equal(["failed", "busy", 2]);
});

story("in: whoever is waited for keys the code", async (calls) => {
  const number = calls.newNumber();
  const { id } = await calls.register(number, { direction: "inbound", code: CODE });
  const phone = await calls.caller("calls", { from: number, to: DID });
  await phone.answered();
  await calls.happened(id, "listening");
  await phone.press(CODE);
  await phone.hungUpOn();
  expect(await calls.ended(id)).to.include({ status: "verified" });
});

describe("calls of the whole service over PostgreSQL", function () {
  this.timeout(300_000);
  let server: PostgresServer;
  let calls: CallService;

  before(async () => {
    server = await PostgresServer.start();
    const url = await server.database("empty");
    calls = await CallService.start({
      ...{ HONNIN_DATABASE_URL: url, HONNIN_DIDS: DID, HONNIN_REDIAL_PAUSE_SECONDS: "5" },
    });
    stories.playOn(calls);
  });

  stories.report();

  after(async () => {
    await stories.over();
    await calls.stop();
    await server.stop();
  });

  it("answer 503 while the database is away, and go on by themselves when it is back", async () => {
    await stories.over();
    const waiting = await calls.phone("answers");
    const { id } = await calls.register(waiting.number, { code: CODE, method: "keypad" });
    await waiting.phone.answered();
    await calls.happened(id, "listening");
    await server.crash();
    const refused = await calls.api.post("/v1/verifications", { phone_number: calls.newNumber() });
    expect(refused.status, refused.text).to.equal(503);
    expect(refused.headers).to.have.property("retry-after");
    await server.launch();
    await waiting.phone.press(CODE);
    await waiting.phone.hungUpOn();
    expect(await calls.ended(id)).to.include({ status: "verified" });
    const { phone, number } = await calls.phone("answers");
    const again = await calls.register(number, { code: CODE });
    await phone.answered();
    await calls.happened(again.id, "listening", { ms: PATIENCE_MS });
    await phone.press(CODE);
    await phone.hungUpOn();
    expect(await calls.ended(again.id)).to.include({ status: "verified" });
  });

  it("leave no process when it is stopped", async () => {
    await calls.stop();
    await server.stop();
    expect(childProcesses()).to.deep.equal([]);
  });
});
