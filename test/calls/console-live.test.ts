import { expect } from "chai";
import { listAudit } from "../../src/store/audit.js";
import { colleague, consoleOf, firstAdmin } from "../console/console-visitor.js";
import { askToWatch, LiveWatch } from "../console/live-watch.js";
import type { ConsoleBrowser } from "../console/console-browser.js";
import { CallService } from "./call-service.js";
import { openStore } from "../support/test-database.js";

const DID = "0312340000";
const CODE = "271828";
/** With the first digits and the last two. */
const MASKED = /^\+81\*+\d\d$/;

describe("what happens now, at the console of a whole service", function () {
  this.timeout(180_000);
  let calls: CallService;
  let admin: ConsoleBrowser;
  let viewer: ConsoleBrowser;
  const watches: LiveWatch[] = [];

  const watch = async (by: ConsoleBrowser, path?: string): Promise<LiveWatch> => {
    const place = consoleOf(calls);
    const watching = await LiveWatch.start({
      ...{ ...place, token: by.token },
      ...(path === undefined ? {} : { path }),
    });
    watches.push(watching);
    return watching;
  };

  before(async () => {
    calls = await CallService.start({ HONNIN_DIDS: DID });
    admin = await firstAdmin(calls);
    viewer = await colleague(calls, admin, "viewer", "viewer");
  });
  afterEach(() => {
    for (const watching of watches.splice(0)) watching.close();
  });
  after(async () => {
    admin.close();
    viewer.close();
    await calls.stop();
  });

  it("shows a call as it rings, speaks, listens and takes keys, and its end for some seconds", async () => {
    const live = await watch(viewer);
    const { phone, number } = await calls.phone("answers", { ringMs: "until told" });
    const { id } = await calls.register(number, { code: CODE });
    const ringing = await live.call(id, ({ phase }) => phase === "ringing", "ringing");
    expect(ringing).to.include({ client: "test", direction: "outbound", status: "in_progress" });
    expect(ringing.number).to.match(MASKED);
    await phone.answer();
    await live.call(id, ({ phase }) => phase === "speaking", "speaking");
    await calls.happened(id, "listening");
    await phone.press(CODE.slice(0, 3));
    await live.call(id, ({ keys }) => keys === 3, "three keys");
    await phone.press(CODE.slice(3));
    await live.call(id, ({ verdict }) => verdict === "verified", "verified");
    const ended = await live.call(id, ({ phase }) => phase === "ended", "ended");
    expect(ended).to.include({ status: "verified", outcome: "answered" });
    await live.until(() => (live.calls.size === 0 ? true : undefined), "its row is gone");
    const phases = live.phasesOf(id);
    const order = ["ringing", "speaking", "listening", "ended"].map((phase) => phases.indexOf(phase));
    expect(order)
      .to.deep.equal([...order].sort((a, b) => a - b))
      .and.not.include(-1);
    for (const hidden of [CODE, number, number.slice(1)]) expect(live.text).not.to.include(hidden);
  });

  it("shows how a call ended that was over before anybody saw it ring", async () => {
    const live = await watch(viewer);
    const { number } = await calls.phone("busy-486");
    const { id } = await calls.register(number);
    const busy = await live.call(id, ({ phase }) => phase === "ended", "ended");
    expect(busy).to.include({ outcome: "busy", status: "failed", reason: "busy" });
  });

  it("shows a call that comes in", async () => {
    const live = await watch(viewer);
    const from = calls.newNumber();
    const { id } = await calls.register(from, { direction: "inbound", code: CODE });
    const phone = await calls.caller("calls", { to: DID, from });
    const listening = await live.call(id, ({ phase }) => phase === "listening", "listening");
    expect(listening).to.include({ direction: "inbound", client: "test" });
    expect(listening.number).to.match(MASKED);
    await phone.hangUp();
    await live.call(id, ({ phase }) => phase === "ended", "ended");
    expect(live.text).not.to.include(from.slice(1));
  });

  it("shows who comes later what is there", async () => {
    const { phone, number } = await calls.phone("answers");
    const { id } = await calls.register(number, { code: CODE });
    await calls.happened(id, "listening");
    const late = await watch(viewer);
    await late.call(id, ({ phase }) => phase === "listening", "listening");
    const [first] = late.messages;
    expect(first?.type).to.equal("snapshot");
    await phone.hangUp();
    await late.call(id, ({ phase, reason }) => phase === "ended" && reason === "hung_up", "hung up");
  });

  it("says what a call waits for, and how the service is", async () => {
    const live = await watch(viewer);
    const { phone, number } = await calls.phone("answers", { ringMs: "until told" });
    const first = await calls.register(number);
    await live.call(first.id, ({ phase }) => phase === "ringing", "ringing");
    const second = await calls.register(number);
    const waiting = await live.call(second.id, ({ phase }) => phase === "queued", "queued");
    expect(waiting.waits_for).to.equal("number");
    const snapshot = live.messages.find((message) => message.type === "snapshot");
    expect(snapshot?.lines.max).to.be.greaterThan(0);
    const lines = await live.until(
      () => live.messages.findLast((message) => message.type === "change" && message.lines !== undefined),
      "lines",
    );
    expect(lines).to.have.nested.property("lines.waiting.number", 1);
    const healthy = await live.until(
      () =>
        live.messages
          .flatMap((message) => ("health" in message && message.health !== undefined ? [message.health] : []))
          .find(({ database }) => database === "ok"),
      "a commit that went through",
    );
    expect(healthy).to.include({ service: "running", asterisk: "up", trunk: "unregistered" });
    expect(healthy.disk.has_room).to.equal(true);
    expect(healthy.certificate_days_left).to.be.greaterThan(700);
    for (const { id } of [second, first]) await calls.api.post(`/v1/verifications/${id}/cancel`, {});
    await live.call(second.id, ({ phase, status }) => phase === "ended" && status === "canceled", "canceled");
    await phone.done();
  });

  it("ends within moments of the session, in the middle of it", async () => {
    const operator = await colleague(calls, admin, "leaver", "operator");
    const live = await watch(operator);
    await live.until(() => live.messages[0], "what there is");
    const sessions = (await admin.get("/api/sessions")).json["sessions"] as { id: string; name: string }[];
    const { id } = sessions.find(({ name }) => name === "leaver")!;
    await admin.ask("DELETE", `/api/sessions/${id}`);
    expect(await live.until(() => live.closedWith, "the end")).to.equal(1008);
    operator.close();
  });

  it("ends with the account, and is refused to it from then on", async () => {
    const operator = await colleague(calls, admin, "dismissed", "operator");
    const live = await watch(operator);
    await live.until(() => live.messages[0], "what there is");
    const admins = (await admin.get("/api/admins")).json["admins"] as { id: string; name: string }[];
    const { id } = admins.find(({ name }) => name === "dismissed")!;
    await admin.ask("PATCH", `/api/admins/${id}`, { disabled: true });
    expect(await live.until(() => live.closedWith, "the end")).to.equal(1008);
    const again = await askToWatch({ ...consoleOf(calls), token: operator.token });
    expect(again.status).to.equal(401);
    operator.close();
  });

  it("is refused without a session, to other sites, and elsewhere, with nothing but a code", async () => {
    const place = consoleOf(calls);
    const asked = [
      { ...place, token: undefined },
      { ...place, token: "made-up" },
      { ...place, token: viewer.token, headers: { origin: "https://evil.example" } },
      { ...place, token: viewer.token, headers: { "sec-fetch-site": "same-site" } },
      { ...place, token: viewer.token, path: "/api/lives" },
    ];
    const answers = await Promise.all(asked.map(askToWatch));
    expect(
      answers.map(({ status, text }) => [status, (JSON.parse(text) as { code: string }).code]),
    ).to.deep.equal([
      [401, "not_signed_in"],
      [401, "not_signed_in"],
      [403, "cross_site"],
      [403, "cross_site"],
      [404, "not_found"],
    ]);
    expect(Object.keys(JSON.parse(answers[0]!.text) as object)).to.deep.equal(["code", "detail"]);
  });

  it("takes eight pages of one session, and no more until one is closed", async () => {
    const place = { ...consoleOf(calls), token: viewer.token };
    for (let page = 0; page < 8; page += 1) await watch(viewer);
    expect((await askToWatch(place)).status).to.equal(503);
    watches.pop()?.close();
    let status = 503;
    while (status === 503) {
      const { status: now, socket } = await askToWatch(place);
      status = now;
      if (now === 101) socket.terminate();
    }
    expect(status).to.equal(101);
  });

  it("places a test call to one's own telephone, follows it to its end, and keeps who did it", async () => {
    const operator = await colleague(calls, admin, "operator", "operator");
    const { phone, number } = await calls.phone("answers");
    const { status, json } = await operator.post("/api/test-calls", { phone_number: number });
    expect(status).to.equal(201);
    const { verification_id: id, code } = json as { verification_id: string; code: string };
    expect(json["number"]).to.match(MASKED);
    const live = await watch(operator, `/api/live?verification=${id}`);
    await live.call(id, ({ phase }) => phase === "listening", "listening");
    await phone.press(code);
    const ended = await live.call(id, ({ phase }) => phase === "ended", "ended");
    expect(ended).to.include({ client: "console", status: "verified" });
    const followed = live.messages.findLast((message) => message.type === "followed");
    const steps =
      followed?.steps.map(({ what, keys }) => (what === "keys" ? `${keys ?? 0} keys` : what)) ?? [];
    expect(steps.join(" ")).to.match(
      /^placed ringing answered speaking listening (\d keys )+(listening )?(\d keys )?ruled speaking ended$/,
    );
    expect(live.messages.every(({ type }) => type === "followed")).to.equal(true);
    expect(live.text).not.to.include(code);
    expect(calls.logged).not.to.include(code).and.not.to.include(number);
    const store = await openStore(calls.dataDir);
    const line = (await listAudit(store.read, { limit: 20 })).find(({ act }) => act === "testcall.placed");
    await store.close();
    expect(line).to.include({ actor: "operator", target: id });
    expect(JSON.stringify(line)).not.to.include(number).and.not.to.include(code);
    operator.close();
  });
});
