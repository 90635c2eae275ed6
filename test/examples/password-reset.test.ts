import { expect } from "chai";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { CallService } from "../calls/call-service.js";
import { Stories } from "../calls/stories.js";
import type { AnsweringScenario } from "../phones/scenario.js";
import type { SippPhone } from "../phones/sipp.js";
import { ExampleSite, LANGUAGES, type SiteMember } from "./example-site.js";
import { HoldingProxy } from "./holding-proxy.js";
import { type FlowView, Visitor } from "./visitor.js";

const DID = "0312340000";
const NAMES = [
  ...["reset", "wrong", "inbound", "login", "shared", "busy", "canceled", "nobody", "private"],
  ...["swapping", "swapped"],
] as const;
type Name = (typeof NAMES)[number];

interface Stage {
  readonly calls: CallService;
  readonly site: ExampleSite;
  /** What the site takes for Honnin. */
  readonly honnin: HoldingProxy;
  readonly number: (name: Name) => string;
  /** The number of a member who may call and is not called. */
  readonly abroad: string;
}

const stories = new Stories<Stage>();
const story = stories.tell.bind(stories);

async function telephoneOf(
  { calls, number }: Stage,
  name: Name,
  scenario: AnsweringScenario = "answers",
): Promise<SippPhone> {
  const { phone } = await calls.phone(scenario);
  calls.carrier.connect(number(name), phone.port);
  return phone;
}

const calling = (stage: Stage, name: Name): Promise<SippPhone> => callingFrom(stage, stage.number(name));

async function callingFrom({ calls }: Stage, from: string): Promise<SippPhone> {
  const headers = { "P-Asserted-Identity": `<sip:${from}@127.0.0.1>` };
  const phone = await calls.caller("calls", { to: DID, from, headers });
  await phone.answered();
  await phone.heard.speech();
  return phone;
}

async function answeredAndKeyed(phone: SippPhone, { code }: FlowView): Promise<void> {
  await phone.answered();
  await phone.heard.speech();
  await phone.press(code);
}

const shown = (visitor: Visitor): Promise<FlowView> => visitor.until("a flow", () => true);
const different = (code: string): string => (code === "000000" ? "111111" : "000000");

story(
  "reset: called, keyed, a new password, logged in; then a transfer confirmed by a call",
  async (stage) => {
    const visitor = new Visitor(stage.site.origin);
    const phone = await telephoneOf(stage, "reset");
    // As somebody types it: full-width, with hyphens.
    const typed = stage
      .number("reset")
      .replace(/^(...)(....)/, "$1-$2-")
      .replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));
    const started = await visitor.start({ flow: "reset", user: " Reset ", number: typed, language: "ja" });
    expect(started.status).to.equal(201);
    const flow = await shown(visitor);
    expect(flow).to.include({ kind: "reset", call_to: null, password: null });
    expect(flow.code).to.match(/^\d{6}$/);
    expect(flow.seconds_left).to.be.within(1, 180);
    await phone.answered();
    await visitor.until("the call", ({ state }) => state === "talking");
    await answeredAndKeyed(phone, flow);
    const verified = await visitor.ended("verified");
    expect(verified.password).to.match(/^[A-Za-z2-9]{12}$/);
    const view = await visitor.state();
    expect(view.member).to.equal("reset 様");
    expect(view.flow?.password, "issued once").to.equal(verified.password);
    await phone.hungUpOn();

    const second = await telephoneOf(stage, "reset");
    const order = { flow: "transfer", payee: "山田 太郎", amount: "12,000", language: "en" };
    expect((await visitor.start(order)).status).to.equal(201);
    const asked = await shown(visitor);
    expect(asked.transfer).to.deep.equal({ payee: "山田 太郎", amount: 12_000 });
    await answeredAndKeyed(second, asked);
    expect(await visitor.ended("verified")).to.deep.include({ transfer: asked.transfer, password: null });
    await visitor.post("/api/log-out", {});
    expect(await visitor.state()).to.include({ member: null, flow: null });
    expect((await visitor.start(order)).status, "not logged in any more").to.equal(403);
    expect(visitor.received).not.to.include("honnin_");
  },
);

story("a wrong code: told so while the call lasts; three: failed, no password", async (stage) => {
  const visitor = new Visitor(stage.site.origin);
  const phone = await telephoneOf(stage, "wrong");
  await visitor.start({ flow: "reset", user: "wrong", number: stage.number("wrong") });
  const flow = await shown(visitor);
  const wrong = different(flow.code);
  await answeredAndKeyed(phone, { ...flow, code: wrong });
  await visitor.until("the first entry", ({ entries, state }) => entries === 1 && state === "talking");
  for (const nth of [2, 3]) {
    await phone.press(wrong);
    await visitor.until(`entry ${nth}`, ({ entries }) => entries === nth);
  }
  expect(await visitor.ended("failed")).to.include({ reason: "wrong_code", entries: 3, password: null });
  expect((await visitor.state()).member).to.equal(null);
});

story("reset by calling: the number to call is shown, the code is keyed", async (stage) => {
  const visitor = new Visitor(stage.site.origin);
  await visitor.start({ flow: "reset-inbound", user: "inbound", number: stage.number("inbound") });
  const flow = await shown(visitor);
  expect(flow).to.include({ state: "waiting", call_to: DID });
  const phone = await calling(stage, "inbound");
  await phone.press(flow.code);
  expect((await visitor.ended("verified")).password).to.be.a("string");
});

story(
  "log-in by a call from the member's number: the page's code is keyed, the cookie is another",
  async (stage) => {
    const visitor = new Visitor(stage.site.origin);
    await visitor.start({ flow: "login", user: "login" });
    const flow = await shown(visitor);
    expect(flow).to.include({ state: "waiting", call_to: DID });
    const before = visitor.cookie;
    const phone = await calling(stage, "login");
    await phone.press(flow.code);
    expect((await visitor.ended("verified")).password).to.equal(null);
    expect((await visitor.state()).member).to.equal("login 様");
    expect(visitor.cookie).not.to.equal(before);
    expect(await new Visitor(stage.site.origin, before).state(), "the token before it").to.include({
      member: null,
    });
  },
);

story("who knows a user ID only is not let in by the member's call", async (stage) => {
  const member = new Visitor(stage.site.origin);
  await member.start({ flow: "login", user: "shared" });
  const flow = await shown(member);
  // The newest is the one that a call is for.
  const stranger = new Visitor(stage.site.origin);
  await stranger.start({ flow: "login", user: "shared" });
  const { code } = await shown(stranger);
  const phone = await calling(stage, "shared");
  await phone.press(flow.code === code ? different(code) : flow.code);
  await stranger.until("a code of another page", ({ entries }) => entries === 1);
  const { member: loggedIn, flow: still } = await stranger.state();
  expect([loggedIn, still?.state]).to.deep.equal([null, "talking"]);
});

story("what is verified settles nothing that was begun while it was looked at", async (stage) => {
  const { honnin, number, site } = stage;
  const visitor = new Visitor(site.origin);
  const phone = await telephoneOf(stage, "swapping");
  await visitor.start({ flow: "reset", user: "swapping", number: number("swapping") });
  await answeredAndKeyed(phone, await shown(visitor));
  await phone.hungUpOn();
  honnin.hold(number("swapping"));
  const looking = visitor.state();
  await honnin.asked(number("swapping"));
  const starting = visitor.start({ flow: "login", user: "swapped" });
  // In this time it would have been begun, were it not to wait for its turn.
  const other = new Visitor(site.origin);
  for (let i = 0; i < 2; i++) await other.start({ flow: "login", user: "nobody-of-this-name" });
  honnin.release(number("swapping"));
  const looked = await looking;
  await starting;
  for (const { member, flow } of [looked, await visitor.state()]) {
    expect(member).not.to.equal("swapped 様");
    expect(flow?.kind === "login" ? flow.state : "waiting").to.equal("waiting");
  }
});

story("busy: told so", async (stage) => {
  const visitor = new Visitor(stage.site.origin);
  await telephoneOf(stage, "busy", "busy-486");
  await visitor.start({ flow: "reset", user: "busy", number: stage.number("busy") });
  expect(await visitor.ended("failed")).to.include({ reason: "busy" });
});

story("what Honnin refuses looks like a call that nobody answers", async ({ site }) => {
  const visitor = new Visitor(site.origin);
  await visitor.start({ flow: "reset", user: "tollfree", number: "0120-000-001" });
  expect((await shown(visitor)).code).to.match(/^\d{6}$/);
  await visitor.until("ringing", ({ state }) => state === "ringing");
  expect((await visitor.post("/api/cancel", {})).status).to.equal(200);
});

story("who is logged in is told of a refusal by its code", async (stage) => {
  const visitor = new Visitor(stage.site.origin);
  await visitor.start({ flow: "login", user: "abroad" });
  const { code } = await shown(visitor);
  const phone = await callingFrom(stage, stage.abroad);
  await phone.press(code);
  await visitor.ended("verified");
  await visitor.start({ flow: "transfer", payee: "a", amount: "1" });
  expect(await visitor.ended("failed")).to.include({ reason: "number_not_allowed" });
});

story("canceled: the telephone is let go, and the form is there again", async (stage) => {
  const visitor = new Visitor(stage.site.origin);
  const phone = await telephoneOf(stage, "canceled");
  await visitor.start({ flow: "reset", user: "canceled", number: stage.number("canceled") });
  await phone.answered();
  expect((await visitor.post("/api/cancel", {})).status).to.equal(200);
  await phone.hungUpOn();
  expect(await visitor.state()).to.include({ flow: null });
});

story("strangers: nobody is called, and the page looks like a call that nobody answers", async (stage) => {
  for (const [user, number] of [
    ["nobody-of-this-name", stage.number("nobody")],
    ["nobody", stage.number("private")],
  ] as const) {
    const visitor = new Visitor(stage.site.origin);
    expect((await visitor.start({ flow: "reset", user, number })).status).to.equal(201);
    const flow = await shown(visitor);
    expect(flow.code).to.match(/^\d{6}$/);
    await visitor.until("ringing", ({ state }) => state === "ringing");
  }
  const visitor = new Visitor(stage.site.origin);
  await visitor.start({ flow: "login", user: "nobody-of-this-name" });
  expect(await shown(visitor)).to.include({ state: "waiting", call_to: DID });
  for (const name of ["nobody", "private"] as const)
    expect(stage.calls.carrier.invitesTo(stage.number(name))).to.deep.equal([]);
});

story("another browser learns nothing of a flow, nor does one with a made-up cookie", async ({ site }) => {
  const visitor = new Visitor(site.origin);
  await visitor.start({ flow: "login", user: "nobody" });
  await shown(visitor);
  const other = new Visitor(site.origin);
  expect(await other.state()).to.include({ member: null, flow: null });
  const forged = await fetch(`${site.origin}/api/state`, {
    headers: { cookie: "visit=abcdefghijklmnopqrstuv" },
  });
  expect(await forged.json()).to.include({ member: null, flow: null });
  // One that came late would take the place of the cookie that is good.
  expect(forged.headers.getSetCookie()).to.deep.equal([]);
  expect(other.cookie).to.equal("");
  expect(visitor.received)
    .to.match(/httponly/i)
    .and.match(/samesite=strict/i);
});

story("what another site would send is refused", async ({ site }) => {
  const visitor = new Visitor(site.origin);
  const body = { flow: "login", user: "nobody" };
  for (const headers of [
    { "sec-fetch-site": "cross-site" },
    { origin: "https://elsewhere.example" },
    { "content-type": "text/plain" },
    { "content-type": "application/x-www-form-urlencoded" },
  ] as Record<string, string>[]) {
    for (const at of ["/api/start", "/api/cancel", "/api/log-out"]) {
      const { status, json } = await visitor.post(at, body, headers);
      expect([at, headers, status, json["error"]]).to.deep.equal([at, headers, 403, "foreign"]);
    }
  }
  expect((await visitor.state()).flow).to.equal(null);
});

story("what does not fit is refused, and the field named", async ({ site, number }) => {
  const visitor = new Visitor(site.origin);
  const reset = { flow: "reset", user: "nobody", number: number("nobody") };
  for (const [body, field] of [
    [{ ...reset, flow: "other" }, "flow"],
    [{ ...reset, user: "" }, "user"],
    [{ ...reset, user: "a b" }, "user"],
    [{ ...reset, user: ["nobody"] }, "user"],
    [{ ...reset, user: "x".repeat(65) }, "user"],
    [{ ...reset, number: "" }, "number"],
    [{ ...reset, number: "12345" }, "number"],
    [{ ...reset, number: "0901234567x" }, "number"],
    [{ flow: "reset", user: "nobody-of-this-name", number: "12345" }, "number"],
    [{ flow: "transfer", payee: "", amount: "1" }, "payee"],
    [{ flow: "transfer", payee: "a\u0000b", amount: "1" }, "payee"],
    [{ flow: "transfer", payee: "a", amount: "0" }, "amount"],
    [{ flow: "transfer", payee: "a", amount: "1000001" }, "amount"],
    [{ flow: "transfer", payee: "a", amount: "-5" }, "amount"],
    [{ flow: "transfer", payee: "a", amount: "1.5" }, "amount"],
    ["not json", "body"],
    ["[1", "body"],
    [{ ...reset, more: "x".repeat(5_000) }, "body"],
  ] as const) {
    const { status, json } = await visitor.post("/api/start", body);
    expect([body, status, json]).to.deep.equal([body, 400, { error: "invalid", field }]);
  }
  expect((await visitor.start({ flow: "transfer", payee: "a", amount: "1" })).status).to.equal(403);
});

story("its pages come with a strict policy, and nothing else lies there", async ({ site }) => {
  for (const [at, type] of [
    ["/", "text/html"],
    ["/app.js", "text/javascript"],
    ["/text.js", "text/javascript"],
    ["/style.css", "text/css"],
  ] as const) {
    const response = await fetch(site.origin + at);
    expect([at, response.status]).to.deep.equal([at, 200]);
    expect(response.headers.get("content-type")).to.include(type);
    const policy = response.headers.get("content-security-policy");
    expect(policy).to.include("default-src 'none'").and.include("frame-ancestors 'none'");
    expect(policy).not.to.include("unsafe");
    expect((await response.text()).length).to.be.greaterThan(100);
  }
  for (const at of ["/members.json", "/../members.json", "/server.py", "/index.php", "/site.ts"])
    expect([at, (await fetch(site.origin + at)).status]).to.deep.equal([at, 404]);
});

describe("the password-reset examples", () => {
  let calls: CallService;
  let honnin: HoldingProxy;
  let key: string;

  before(async () => {
    calls = await CallService.start({ HONNIN_DIDS: DID });
    ({ key } = await calls.newClient("shop", { demand_evidence: "asserted" }));
    honnin = await HoldingProxy.start(calls.service.apiUrl, calls.service.certFile);
  });
  after(async () => {
    await honnin.stop();
    await calls.stop();
  });

  LANGUAGES.forEach((language, which) => {
    describe(`in ${language}`, () => {
      const told = stories.anew();
      let site: ExampleSite;

      before(async () => {
        const number = (name: Name): string =>
          `09022220${which}${String(NAMES.indexOf(name)).padStart(2, "0")}`;
        const abroad = `+82101234567${which}`;
        const members: SiteMember[] = NAMES.map((user) => ({
          ...{ user, name: `${user} 様`, number: number(user) },
        }));
        members.push({ user: "tollfree", name: "tollfree", number: "0120000001" });
        members.push({ user: "abroad", name: "abroad", number: abroad });
        site = await ExampleSite.start(language, {
          ...{ url: honnin.url, key, certFile: calls.service.certFile },
          ...{ did: DID, members, folder: calls.dataDir },
        });
        told.playOn({ calls, site, honnin, number, abroad });
      });

      told.report();

      after(async () => {
        await told.over();
        await site.stop();
      });

      it("keeps nothing of who only looks", async () => {
        await told.over();
        const kept = (): readonly string[] => readdirSync(path.join(calls.dataDir, language));
        const before = kept();
        for (const cookie of ["", "visit=abcdefghijklmnopqrstuv"])
          await new Visitor(site.origin, cookie).state();
        expect(kept()).to.deep.equal(before);
      });

      if (language === "php")
        it("ends a visit that was idle for half an hour", async () => {
          const visitor = new Visitor(site.origin);
          await visitor.start({ flow: "login", user: "nobody-of-this-name" });
          await shown(visitor);
          const file = path.join(calls.dataDir, language, `sess_${visitor.cookie.replace("visit=", "")}`);
          const session = readFileSync(file, "utf8");
          const age = (seconds: number): string =>
            session.replace(/seen_at\|i:\d+/, `seen_at|i:${Math.floor(Date.now() / 1000) - seconds}`);
          writeFileSync(file, age(1_700));
          expect((await visitor.state()).flow).not.to.equal(null);
          writeFileSync(file, age(1_801));
          expect((await visitor.state()).flow).to.equal(null);
        });

      it("writes no number, no code and no key", async () => {
        await told.over();
        expect(site.said).not.to.match(/0902222|honnin_/);
        expect(site.said).to.include("number_not_allowed");
      });
    });
  });
});
