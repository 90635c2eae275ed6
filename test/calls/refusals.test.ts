import { expect } from "chai";
import { challenge, isAnsweredBy, type Challenge } from "../phones/digest.js";
import { FieldPhone } from "../phones/field-phone.js";
import { sdp } from "../phones/sdp.js";
import { ASTERISKS } from "./asterisks.js";
import { CallService, type Result } from "./call-service.js";
import { Stories } from "./stories.js";

const CODE = "482913";
const CREDENTIALS = { username: "0312345678", password: "trunk-password" };

const stories = new Stories<CallService>();

/** A story of a call to a telephone whose manners the test composes. */
function story(
  title: string,
  play: (calls: CallService, phone: FieldPhone, number: string) => Promise<void>,
): void {
  stories.tell(title, (calls) => calls.withFieldPhone((phone, number) => play(calls, phone, number)));
}

/** Rings, or not, and refuses with a status and perhaps a reason. */
async function refuse(
  phone: FieldPhone,
  status: number,
  reason?: string,
  before: readonly number[] = [],
): Promise<void> {
  await phone.invited();
  for (const provisional of before) phone.reply(provisional, "Progress");
  phone.reply(status, "No", reason === undefined ? {} : { headers: { Reason: reason } });
}

async function takeCode(phone: FieldPhone, events = 101): Promise<void> {
  phone.reply(180, "Ringing");
  phone.reply(200, "OK", { sdp: sdp({ port: phone.rtp.port, events }) });
  await phone.acknowledged();
  phone.rtp.talkTo(phone.peer.address, phone.peer.port);
  await phone.rtp.heard.speech();
  await phone.rtp.press(CODE);
  await phone.hungUpOn();
}

/** The end of the only call, and why the verification failed. */
function endOf({ reason, attempts }: Result): unknown[] {
  return [attempts[0]?.outcome, reason, attempts[0]?.sip_status, attempts[0]?.q850_cause];
}

const refused = "service_unavailable";
for (const [status, cause, outcome, reason] of [
  [403, 1, "unreachable", "unreachable"],
  [403, 21, "rejected", "rejected"],
  [403, 31, "failed", refused],
  [480, 17, "busy", "busy"],
  [480, 19, "no_answer", "no_answer"],
  [480, 20, "unreachable", "unreachable"],
  [480, 21, "rejected", "rejected"],
  [480, 31, "unreachable", "unreachable"],
  [480, 34, "failed", refused],
  [500, 1, "unreachable", "unreachable"],
  [500, 17, "busy", "busy"],
  [500, 127, "failed", refused],
  [502, 20, "unreachable", "unreachable"],
  [503, 17, "busy", "busy"],
  [503, 34, "failed", refused],
  [503, 1, "unreachable", "unreachable"],
  // A status with one meaning keeps it; only a line that is wanting shows through "busy".
  [404, 16, "unreachable", "unreachable"],
  [486, 34, "failed", refused],
  [603, 17, "rejected", "rejected"],
] as const) {
  story(
    `${status} with cause ${cause}: ${outcome}, and the cause as it came`,
    async (calls, phone, number) => {
      const { id } = await calls.register(number);
      await refuse(phone, status, `Q.850;cause=${cause};text="why"`);
      expect(endOf(await calls.ended(id))).to.deep.equal([outcome, reason, status, cause]);
    },
  );
}

for (const [status, outcome, cause] of [
  [480, "unreachable", null],
  [403, "failed", null],
  [500, "failed", null],
  [503, "failed", null],
  [486, "busy", 17],
  [404, "unreachable", 1],
] as const) {
  story(`${status} without a reason: ${outcome}, and no cause is made up`, async (calls, phone, number) => {
    const { id } = await calls.register(number);
    await refuse(phone, status);
    const [attempt] = (await calls.ended(id)).attempts;
    expect(attempt).to.include({ outcome, sip_status: status, q850_cause: cause });
  });
}

for (const [rang, provisional, reason, outcome] of [
  ["it rang", [180], "Q.850;cause=19", "no_answer"],
  ["it rang", [180], undefined, "no_answer"],
  ["it rang", [180], "Q.850;cause=20", "unreachable"],
  ["an announcement", [183], undefined, "unreachable"],
  ["an announcement, then it rang", [183, 180], undefined, "no_answer"],
  ["it was forwarded", [181], undefined, "unreachable"],
  ["it waited in a queue", [182], undefined, "unreachable"],
] as const) {
  const why = reason === undefined ? "no cause" : `cause ${reason.slice(-2)}`;
  story(`${rang}, then 480 with ${why}: ${outcome}`, async (calls, phone, number) => {
    const { id } = await calls.register(number);
    await refuse(phone, 480, reason, provisional);
    const [attempt] = (await calls.ended(id)).attempts;
    expect(attempt).to.include({ outcome, sip_status: 480 });
  });
}

story("it rang and nobody came, said by 480 with cause 19: rung again", async (calls, phone, number) => {
  const { id } = await calls.register(number, { code: CODE, max_call_attempts: 2 });
  await refuse(phone, 480, "Q.850;cause=19", [180]);
  await phone.invited(2);
  await takeCode(phone);
  const result = await calls.ended(id, { calls: 2 });
  expect(result).to.include({ status: "verified" });
  expect(result.attempts.map(({ outcome }) => outcome)).to.deep.equal(["no_answer", "answered"]);
});

story("180 with SDP rings like one without", async (calls, phone, number) => {
  const { id } = await calls.register(number, { code: CODE });
  await phone.invited();
  phone.reply(180, "Ringing", { sdp: sdp({ port: phone.rtp.port }) });
  await calls.happened(id, "ringing");
  phone.reply(200, "OK", { sdp: sdp({ port: phone.rtp.port }) });
  const result = await keyedAfterAnswer(calls, phone, id);
  expect(result.attempts[0]?.ringing_at).to.be.a("string");
});

story("183 with SDP does not ring", async (calls, phone, number) => {
  const { id } = await calls.register(number, { code: CODE });
  await phone.invited();
  phone.reply(183, "Session Progress", { sdp: sdp({ port: phone.rtp.port }) });
  phone.reply(200, "OK", { sdp: sdp({ port: phone.rtp.port }) });
  const result = await keyedAfterAnswer(calls, phone, id);
  expect(result.attempts[0]?.ringing_at).to.equal(null);
});

for (const cause of [16, 17, 31, 127]) {
  story(
    `hung up with cause ${cause} before the end: no SIP status is made up`,
    async (calls, phone, number) => {
      const { id } = await calls.register(number);
      await phone.invited();
      phone.reply(200, "OK", { sdp: sdp({ port: phone.rtp.port }) });
      await phone.acknowledged();
      await phone.rtp.heard.speech();
      await phone.request("BYE", { headers: { Reason: `Q.850;cause=${cause}` } });
      expect(endOf(await calls.ended(id))).to.deep.equal(["answered", "hung_up", null, cause]);
    },
  );
}

story("verified and hung up with cause 31: no SIP status is made up", async (calls, phone, number) => {
  const { id } = await calls.register(number, { code: CODE });
  await phone.invited();
  phone.reply(200, "OK", { sdp: sdp({ port: phone.rtp.port }) });
  await phone.acknowledged();
  phone.rtp.talkTo(phone.peer.address, phone.peer.port);
  await phone.rtp.press(CODE);
  await calls.happened(id, "ruled");
  await phone.request("BYE", { headers: { Reason: "Q.850;cause=31" } });
  const result = await calls.ended(id);
  expect(result).to.include({ status: "verified" });
  expect(result.attempts[0]).to.include({ outcome: "answered", sip_status: null, q850_cause: 31 });
});

/** Hears the greeting, keys the code, and is hung up on. */
async function keyedAfterAnswer(calls: CallService, phone: FieldPhone, id: string): Promise<Result> {
  await phone.acknowledged();
  phone.rtp.talkTo(phone.peer.address, phone.peer.port);
  await phone.rtp.heard.speech();
  await phone.rtp.press(CODE);
  await phone.hungUpOn();
  const result = await calls.ended(id);
  expect(result).to.include({ status: "verified", code_entries: 1 });
  return result;
}

const REALM = "carrier.example";
for (const [title, challenges] of [
  ["MD5", [[{ realm: REALM, nonce: "a1" }]]],
  ["auth or auth-int", [[{ realm: REALM, nonce: "a1", algorithm: "MD5", qop: "auth,auth-int" }]]],
  [
    "SHA-256 or MD5",
    [
      [
        { realm: REALM, nonce: "a1", algorithm: "SHA-256", qop: "auth" },
        { realm: REALM, nonce: "a2", algorithm: "MD5", qop: "auth" },
      ],
    ],
  ],
  [
    "a nonce that has become stale",
    [[{ realm: REALM, nonce: "a1", qop: "auth" }], [{ realm: REALM, nonce: "a2", qop: "auth", stale: true }]],
  ],
] as readonly (readonly [string, readonly (readonly Challenge[])[]])[]) {
  story(`the trunk asks for a digest, ${title}: given, and verified`, async (calls, phone, number) => {
    const { id } = await calls.register(number, { code: CODE });
    let tries = 1;
    let invite = await phone.invited(tries);
    for (const asked of challenges) {
      phone.reply(407, "Proxy Authentication Required", { headers: challenge(asked) });
      invite = await phone.invited((tries += 1));
      const right = asked.some((one) => isAnsweredBy(one, invite, CREDENTIALS));
      expect(right, "the digest is right").to.equal(true);
    }
    await takeCode(phone);
    expect(await calls.ended(id)).to.include({ status: "verified" });
  });
}

story(
  "a digest that Asterisk does not know: service_unavailable at once, and the log says what is wanted",
  async (calls, phone, number) => {
    const { id } = await calls.register(number, { code: CODE });
    await phone.invited();
    const digest = `Digest realm="${REALM}", nonce="n0nce", algorithm=AKAv1-MD5, qop="auth-int"`;
    phone.reply(407, "Proxy Authentication Required", { headers: { "Proxy-Authenticate": digest } });
    expect(endOf(await calls.ended(id))).to.deep.equal(["failed", refused, 407, null]);
    const lines = calls.logged
      .split("\n")
      .filter((line) => line.includes(id) && line.includes("proof of who we are"));
    expect(lines).to.have.length(1);
    expect(lines[0]).to.not.include("n0nce");
    if (calls.overhears) expect(lines[0]).to.include("Digest algorithm=AKAv1-MD5 qop=auth-int");
  },
);

for (const asterisk of ASTERISKS) {
  describe(`how the trunk ends calls, through ${asterisk.title}`, function () {
    this.timeout(240_000);
    const told = stories.anew();
    let calls: CallService;

    before(async () => {
      const credentials = {
        HONNIN_TRUNK_USERNAME: CREDENTIALS.username,
        HONNIN_TRUNK_PASSWORD: CREDENTIALS.password,
      };
      calls = await CallService.start(credentials, asterisk);
      told.playOn(calls);
    });

    told.report();

    after(async () => {
      await told.over();
      await calls.stop();
    });

    it("leaves no channel, and an Asterisk that is unharmed", async () => {
      await told.over();
      expect(await calls.openChannels()).to.deep.equal([]);
      expect(calls.logged).to.not.match(/Asterisk (ended|has ended|died)|trunk-password/);
    });
  });
}
