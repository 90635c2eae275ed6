import { expect } from "chai";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { challenge, reply, responseFor, SipPeer } from "../asterisk/sip-peer.js";
import { PROJECT_DIR } from "../asterisk/configuration-values.js";
import { poll } from "../phones/waiting.js";
import { tempDir } from "../support/temp-dir.js";
import type { CallService, Result } from "./call-service.js";
import { withTrunks } from "./listed-trunks.js";
import { StreamPeer, tlsPair } from "./stream-peer.js";

const PASSWORD = "trunk-password";
/** A called number that every scenario calls, as the national form has it. */
const CALLED = "09012345678";

/** The configurations of the page, by the name in their first line. */
function recipesIn(language: "en" | "ja"): ReadonlyMap<string, string> {
  const page = readFileSync(path.join(PROJECT_DIR, `docs/${language}/trunks.md`), "utf8");
  const blocks = [...page.matchAll(/```yaml\n# recipe: (.+)\n([^]*?)```/g)];
  return new Map(blocks.map(([, name = "", yaml = ""]) => [name, yaml]));
}
const RECIPES = recipesIn("en");

/** Whether what a trunk insists on is in the request; what lacks is answered 400, with it in the reason. */
type Manners = readonly (readonly [what: string, RegExp])[];

function lacking(request: string, manners: Manners): string | undefined {
  return manners.find(([, pattern]) => !pattern.test(request))?.[0];
}

interface Insisting {
  readonly invite: Manners;
  readonly register?: Manners;
  /** Asks for a digest of REGISTER and INVITE. */
  readonly digest?: boolean;
  readonly options?: boolean;
}

/** A trunk that refuses what is not as it wants it, and is busy to what is. */
function insisting({
  invite,
  register = [],
  digest = false,
  options = false,
}: Insisting): (request: string) => string | null {
  return (request) => {
    const method = request.split(" ")[0] ?? "";
    if (method === "OPTIONS") return options ? reply(request, "200 OK") : null;
    if (method !== "REGISTER" && method !== "INVITE") return null;
    const lacks = lacking(request, method === "INVITE" ? invite : register);
    if (lacks !== undefined) return reply(request, `400 Lacks ${lacks}`);
    if (digest && !request.includes("Authorization: ")) return challenge(request, "MD5");
    return reply(request, method === "INVITE" ? "486 Busy Here" : "200 OK");
  };
}

/** Plays with the recipe as it stands on the page, but for the addresses: the trunk is at `uri`. */
async function withRecipe(
  name: string,
  uri: string,
  play: (calls: CallService) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const dir = await tempDir();
  const file = path.join(dir.path, "trunk-password");
  await writeFile(file, `${PASSWORD}\n`);
  const [, host = "", port = ""] = /^sip:(.*):(\d+)$/.exec(uri) ?? [];
  const yaml = (RECIPES.get(name) ?? expect.fail(`the page has no recipe called ${name}`))
    .replaceAll(/192\.0\.2\.1:\d+/g, `${host}:${port}`)
    .replaceAll("192.0.2.1", host)
    .replaceAll("password_file: trunk-password", `password_file: ${file}`);
  try {
    await withTrunks(yaml, play, { HONNIN_CALLER_NUMBER: "", ...env });
  } finally {
    await dir.remove();
  }
}

async function busy(calls: CallService): Promise<Result> {
  const { id } = await calls.register(CALLED);
  const result = await calls.ended(id);
  expect(result, calls.logged.slice(-2_000)).to.include({ reason: "busy" });
  return result;
}

const registered = (peer: SipPeer): Promise<void> =>
  poll(
    () => Promise.resolve(peer.requests.some((text) => /^REGISTER [^]*Authorization: /.test(text))),
    60_000,
    "the registration",
  );

const NO_IDENTITY = /^(?![^]*^(?:P-Asserted-Identity|P-Preferred-Identity|Remote-Party-ID|Privacy):)/m;

describe("the recipes of the manual", function () {
  this.timeout(180_000);
  let dir: Awaited<ReturnType<typeof tempDir>>;
  before(async () => {
    dir = await tempDir();
  });
  after(() => dir.remove());

  it("are the same in both languages, but for what is said about them", () => {
    const bare = (recipes: ReadonlyMap<string, string>): unknown =>
      [...recipes].map(([name, yaml]) => [name, yaml.replaceAll(/ *#.*$/gm, "")]);
    expect(bare(recipesIn("ja"))).to.deep.equal(bare(RECIPES));
    expect(RECIPES.size).to.equal(6);
  });

  it("home gateway: extension and digest of two names, by its proxy, From at its address, no events", async () => {
    const host = "127.0.4.1";
    const manners = insisting({
      digest: true,
      options: true,
      register: [
        ["To", /^To: <sip:7@127\.0\.4\.1(:\d+)?>/m],
        ["Route", /^Route: <sip:127\.0\.4\.1:\d+;.*\blr/m],
      ],
      invite: [
        ["From", /^From: .*<sip:7@127\.0\.4\.1>/m],
        ["Route", /^Route: <sip:127\.0\.4\.1:\d+;.*\blr/m],
        ["number", new RegExp(`^INVITE sip:${CALLED}@127\\.0\\.4\\.1`)],
        ["PCMU alone", /^m=audio \d+ RTP\/AVP 0\r$/m],
        ["no identity", NO_IDENTITY],
      ],
    });
    await using gateway = await SipPeer.start(manners, host);
    await withRecipe("home gateway", gateway.uri, async (calls) => {
      await registered(gateway);
      await gateway.request("OPTIONS");
      const [attempt] = (await busy(calls)).attempts;
      expect(attempt).to.include({ trunk: "home-gateway" });
      const digest = await gateway.digest();
      expect(digest).to.include({ username: "0007" });
      expect(digest["response"]).to.equal(responseFor("REGISTER", digest, "md5", PASSWORD));
    });
  });

  it("carrier with registration: its domain everywhere, its contact, the number in two headers", async () => {
    const manners = insisting({
      digest: true,
      register: [
        ["domain", /^REGISTER sip:carrier\.example SIP/],
        ["To", /^To: <sip:line-1@carrier\.example>/m],
        ["contact", /^Contact: <sip:line-1-contact@/m],
        ["an hour", /^Expires: 3600\r$/m],
        ["no Route", /^(?![^]*^Route:)/m],
      ],
      invite: [
        ["domain", new RegExp(`^INVITE sip:${CALLED}@carrier\\.example SIP`)],
        ["From", /^From: .*<sip:0312345678@carrier\.example>/m],
        ["P-Preferred-Identity", /^P-Preferred-Identity: <sip:0312345678@carrier\.example>\r$/m],
        ["Privacy", /^Privacy: none\r$/m],
        ["100rel", /^Supported: .*100rel/m],
        ["no Route", /^(?![^]*^Route:)/m],
      ],
    });
    await using carrier = await SipPeer.start(manners, "127.0.4.2");
    await withRecipe("carrier with registration", carrier.uri, async (calls) => {
      await registered(carrier);
      await busy(calls);
    });
  });

  it("carrier by address: no rport, no OPTIONS, no registration, its domain, PCMU and events alone", async () => {
    const manners = insisting({
      invite: [
        ["no rport", /^Via: (?![^\r]*rport)/m],
        ["domain", new RegExp(`^INVITE sip:${CALLED}@carrier\\.example SIP`)],
        ["From", /^From: .*<sip:0312345678@carrier\.example>/m],
        ["PCMU and events", /^m=audio \d+ RTP\/AVP 0 101\r$/m],
        ["ptime", /^a=ptime:20\r$/m],
        ["timer", /^Supported: .*timer/m],
        ["no identity", NO_IDENTITY],
      ],
    });
    await using carrier = await SipPeer.start(manners, "127.0.4.3");
    await withRecipe("carrier by address", carrier.uri, async (calls) => {
      await busy(calls);
      expect(carrier.requests.filter((text) => /^(OPTIONS|REGISTER) /.test(text))).to.deep.equal([]);
    });
  });

  it("IP-PBX: by TCP, our extension in From, the number in P-Asserted-Identity", async () => {
    const manners = insisting({
      options: true,
      invite: [
        ["TCP", /^Via: SIP\/2\.0\/TCP /m],
        ["From", /^From: .*<sip:8000@/m],
        ["P-Asserted-Identity", /^P-Asserted-Identity: <sip:0312345678@127\.0\.4\.4>\r$/m],
      ],
    });
    await using pbx = await StreamPeer.start(manners, "127.0.4.4");
    await withRecipe("IP-PBX", pbx.uri, async (calls) => {
      await busy(calls);
    });
  });

  it("050 provider: the user as 8150, the number that is called without plus, From in the national form", async () => {
    const manners = insisting({
      digest: true,
      register: [
        ["To", /^To: <sip:815012345678@provider\.example>/m],
        ["an hour", /^Expires: 3600\r$/m],
      ],
      invite: [
        ["number", /^INVITE sip:819012345678@/],
        ["From", /^From: .*<sip:05012345678@provider\.example>/m],
        ["no events", /^(?![^]*telephone-event)/m],
        ["no identity", NO_IDENTITY],
      ],
    });
    await using provider = await SipPeer.start(manners, "127.0.4.5");
    await withRecipe("050 provider", provider.uri, async (calls) => {
      await registered(provider);
      await busy(calls);
    });
  });

  const sbc = insisting({
    invite: [
      ["TLS", /^Via: SIP\/2\.0\/TLS /m],
      ["number", /^INVITE sip:\+819012345678@[^ ]*;user=phone/],
      ["P-Asserted-Identity", /^P-Asserted-Identity: <sip:\+81312345678@127\.0\.4\.6>\r$/m],
      ["SRTP", /^m=audio \d+ RTP\/SAVP /m],
      ["a key", /^a=crypto:\d+ AES_CM_128_HMAC_SHA1_80 inline:/m],
      ["timers", /^Require: .*timer/m],
    ],
  });

  it("SBC with TLS and SRTP: both on every call, and its certificate is judged", async () => {
    const pair = await tlsPair("127.0.4.6", dir.path);
    await using peer = await StreamPeer.start(sbc, "127.0.4.6", pair);
    await withRecipe(
      "SBC with TLS and SRTP",
      peer.uri,
      (calls) => busy(calls).then(() => undefined),
      pair.env,
    );
  });

  it("SBC with a certificate of nobody that is trusted: it hears nothing", async () => {
    const [trusted, other] = [await tlsPair("127.0.4.6", dir.path), await tlsPair("127.0.4.6", dir.path)];
    await using peer = await StreamPeer.start(sbc, "127.0.4.6", other);
    await withRecipe(
      "SBC with TLS and SRTP",
      peer.uri,
      async (calls) => {
        const { id } = await calls.register(CALLED);
        expect(await calls.ended(id)).to.include({ reason: "service_unavailable" });
        expect(peer.requests).to.deep.equal([]);
      },
      trusted.env,
    );
  });
});
