import { expect } from "chai";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { loadConfig } from "../../src/config.js";
import { ConfigError } from "../../src/config-error.js";
import type { Gateway } from "../../src/sms/gateway.js";
import { shownGateways } from "../../src/sms/shown-gateways.js";
import { tempDir } from "../support/temp-dir.js";

const SECRET = "sms-secret-x";

describe("the list of gateways for SMS in honnin.yaml", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;
  before(async () => {
    dir = await tempDir();
  });
  after(() => dir.remove());

  function load(yaml: string, env: Readonly<Record<string, string>> = {}): readonly Gateway[] {
    writeFileSync(path.join(dir.path, "honnin.yaml"), yaml);
    return loadConfig({ HONNIN_DATA_DIR: dir.path, ...env }, dir.path).sms;
  }
  function problems(yaml: string, env: Readonly<Record<string, string>> = {}): string {
    try {
      load(yaml, env);
    } catch (error) {
      if (error instanceof ConfigError) return error.problems.join("\n").replaceAll(dir.path, "DIR");
    }
    return expect.fail("it was taken");
  }
  const one = (...lines: readonly string[]): string =>
    ["sms:", "  - name: a", "    url: https://sms.example/send", ...lines.map((line) => `    ${line}`)].join(
      "\n",
    );
  const smpp = (...lines: readonly string[]): string =>
    ["sms:", "  - name: a", "    url: smpp://192.0.2.1", ...lines.map((line) => `    ${line}`)].join("\n");

  it("is empty while nothing is said", () => {
    expect(load("")).to.deep.equal([]);
  });

  it("is read with the defaults of what is not said", () => {
    expect(load(smpp("username: u"))[0]).to.include({
      order: 1,
      maxPerSecond: 10,
      window: 10,
      enquireSeconds: 30,
      long: "udh",
      alphabet: "auto",
      receiptIds: "same",
      validity: true,
    });
  });

  it("keeps the short form as one gateway called sms", () => {
    const env = { HONNIN_SMS_URL: `smpps://me:p%40ss@sms.example:3551`, HONNIN_SMS_SENDER: "ACME" };
    const [gateway, ...others] = load("", env);
    expect(others).to.deep.equal([]);
    expect(gateway).to.include({ name: "sms", url: "smpps://sms.example:3551", username: "me" });
    expect(gateway).to.include({ password: "p@ss", sender: "ACME", window: 10 });
  });

  it("keeps the short form of HTTP with Basic, unless the host is of a kind that is known", () => {
    const auth = (url: string): string | undefined => load("", { HONNIN_SMS_URL: url })[0]?.auth;
    expect(auth("https://me:secret@sms.example/send")).to.equal("basic");
    expect(auth("https://sms.example/send")).to.equal(undefined);
    expect(auth("https://me:secret@rest.nexmo.com/sms/json")).to.equal(undefined);
  });

  it("is not to be had beside the short form, which would have no effect", () => {
    const env = { HONNIN_SMS_URL: `smpp://me:${SECRET}@sms.example` };
    expect(problems(one(), env)).to.equal("HONNIN_SMS_URL: got it and sms, expected one of them");
  });

  const WRONG: Readonly<Record<string, readonly [yaml: string, said: string]>> = {
    "no list": ["sms: 5", "DIR/honnin.yaml: sms: expected a list of gateways"],
    "no mapping": ["sms: [5]", "sms[0]: expected a mapping with name and url"],
    "a key that is none": [one("max_second: 2"), 'sms[0]: unknown key "max_second"'],
    "no URL": ["sms: [{name: a}]", "sms[0].url: got nothing, expected smpp://HOST:PORT"],
    "a URL in the clear": [
      "sms: [{name: a, url: 'http://sms.example/'}]",
      'sms[0].url: got "http://sms.example/", expected',
    ],
    "a URL with a password": [
      `sms: [{name: a, url: 'smpp://u:${SECRET}@192.0.2.1'}]`,
      'sms[0].url: got "smpp://…@192.0.2.1", expected',
    ],
    "two of one name": [
      "sms: [{name: a, url: 'https://x.example'}, {name: a, url: 'https://y.example'}]",
      "sms[1] (a): got a second gateway of this name",
    ],
    "SMPP without a user": [smpp(), "username: expected 1 to 15 characters for SMPP"],
    "a sender that is too long for SMPP": [
      smpp("username: u", `sender: ${"a".repeat(21)}`),
      "sender: expected at most 20",
    ],
    "Basic without a password": [one("auth: basic", "username: u"), "auth: expected username and password"],
    "a bearer without a token": [one("auth: bearer"), "auth: expected password with bearer"],
    "a body that is no JSON": [one(`body: '{"key": ${SECRET}'`), "sms[0].body: got (a secret), expected"],
    "a body with a placeholder that there is not": [one(`body: '{"to": "{number}"}'`), "sms[0].body"],
    "a body that is a list": [one(`body: '["{to}"]'`), "sms[0].body: got (a secret)"],
    "a secret of reports that can be guessed": [
      one(`report_token: ${SECRET}`),
      "sms[0].report_token: got (a secret), expected 24 to 128",
    ],
    "headers that are none": [one("headers: 5"), "sms[0].headers: got (a secret), expected names and values"],
    "a password twice": [
      one(`password: ${SECRET}`, "password_file: p"),
      "got password and password_file, expected one of them",
    ],
    "a file that is not there": [one("password_file: no-file"), "cannot read no-file (ENOENT)"],
    "a kind that there is not": [one("manner: carrier-pigeon"), "sms[0].manner: got"],
  };
  for (const [what, [yaml, said]] of Object.entries(WRONG)) {
    it(`stops the start for ${what}`, () => {
      expect(problems(yaml)).to.contain(said).and.not.contain(SECRET);
    });
  }
  it("stops the start for a short form that is none, without showing it", () => {
    expect(problems("", { HONNIN_SMS_URL: `ftp://me:${SECRET}@sms.example` }))
      .to.equal(
        "HONNIN_SMS_URL: got (a secret), expected smpp://USER:PASSWORD@HOST:PORT, smpps://… or https://…",
      )
      .and.not.contain(SECRET);
  });

  it("reads secrets from files, and never shows them", () => {
    writeFileSync(path.join(dir.path, "password"), `${SECRET}\n`);
    writeFileSync(path.join(dir.path, "token"), `${SECRET}-${SECRET}\n`);
    const gateways = load(one("username: u", "password_file: password", "report_token_file: token"));
    expect(gateways[0]).to.include({ password: SECRET, reportToken: `${SECRET}-${SECRET}` });
    expect(JSON.stringify(shownGateways(gateways)))
      .to.contain('"password":"(set)"')
      .and.not.contain(SECRET);
  });
});
