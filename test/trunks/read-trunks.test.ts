import { expect } from "chai";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { loadConfig } from "../../src/config.js";
import type { ConfigError } from "../../src/config-error.js";
import type { Trunk } from "../../src/trunks/trunk.js";
import { shownTrunks } from "../../src/trunks/shown-trunks.js";
import { tempDir } from "../support/temp-dir.js";

const SECRET = "trunk-password-x";

describe("the list of trunks in honnin.yaml", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;
  before(async () => {
    dir = await tempDir();
  });
  after(() => dir.remove());

  function load(yaml: string, env: Readonly<Record<string, string>> = {}): readonly Trunk[] {
    const file = path.join(dir.path, "honnin.yaml");
    writeFileSync(file, yaml);
    return loadConfig({ HONNIN_DATA_DIR: dir.path, ...env }, dir.path).trunks;
  }
  function problems(yaml: string, env: Readonly<Record<string, string>> = {}): string {
    try {
      load(yaml, env);
    } catch (error) {
      return (error as ConfigError).problems.join("\n").replaceAll(dir.path, "DIR");
    }
    return expect.fail("it was taken");
  }
  const one = (lines: string): string => `trunks:\n  - name: a\n    uri: sip:192.0.2.1\n    ${lines}\n`;

  it("is read with the defaults of what is not said", () => {
    const [trunk] = load(one("max_calls: 2"));
    expect(trunk).to.include({
      name: "a",
      uri: "sip:192.0.2.1",
      maxCalls: 2,
      maxCps: 5,
      numberFormat: "national",
    });
    expect(trunk).to.include({ identity: "none", privacy: "off", encryption: "none", rport: true, order: 1 });
    expect(trunk?.qualifySeconds).to.equal(undefined);
    expect(trunk?.codecs).to.deep.equal(["ulaw", "alaw"]);
  });

  it("keeps the short form as one trunk called trunk", () => {
    const [trunk, ...others] = load("", { HONNIN_TRUNK_URI: "sip:192.0.2.1", HONNIN_TRUNK_MAX_CALLS: "7" });
    expect(others).to.deep.equal([]);
    expect(trunk).to.include({ name: "trunk", uri: "sip:192.0.2.1", maxCalls: 7, maxCps: 5 });
    expect(load("")).to.deep.equal([]);
  });

  it("is not to be had beside the short form, which would have no effect", () => {
    expect(problems(one("order: 2"), { HONNIN_TRUNK_MAX_CALLS: "7" })).to.equal(
      "HONNIN_TRUNK_MAX_CALLS: got it and trunks, expected one of them",
    );
  });

  const WRONG: Readonly<Record<string, readonly [yaml: string, said: string]>> = {
    "no list": ["trunks: 5", "DIR/honnin.yaml: trunks: expected a list of trunks"],
    "no mapping": ["trunks: [5]", "DIR/honnin.yaml: trunks[0]: expected a mapping with name and uri"],
    "a key that is none": [one("max_call: 2"), 'trunks[0]: unknown key "max_call"'],
    "a value that is none": [one("max_calls: many"), 'trunks[0].max_calls: got "many", expected 1 to 10000'],
    "a name that is none": [
      "trunks: [{name: 1001, uri: 'sip:192.0.2.1'}]",
      'trunks[0].name: got "1001", expected up to 32 of a-z',
    ],
    "no URI": ["trunks: [{name: a}]", "trunks[0].uri: got nothing, expected a SIP URI"],
    "a URI with a password": [
      `trunks: [{name: a, uri: 'sip:user:${SECRET}@192.0.2.1'}]`,
      'trunks[0].uri: got "sip:…@192.0.2.1", expected a SIP URI',
    ],
    "a network that is too wide": [one("addresses: [0.0.0.0/0]"), "trunks[0].addresses: got"],
    "two of one name": [
      "trunks: [{name: a, uri: 'sip:192.0.2.1'}, {name: a, uri: 'sip:192.0.2.2'}]",
      "trunks[1] (a): got a second trunk of this name",
    ],
    "a user without a password": [one("username: u"), "got one of username and password"],
    "a registration without a user": [one("register: true"), "register: expected username and password"],
    "a password twice": [
      one(`username: u\n    password: ${SECRET}\n    password_file: p`),
      "got password and password_file, expected one of them",
    ],
    "a file that is not there": [
      one("username: u\n    password_file: no-file"),
      "trunks[0].password_file: cannot read no-file (ENOENT)",
    ],
    "encrypted voice whose keys can be read": [
      one("encryption: sdes"),
      "encryption: expected ;transport=tls",
    ],
    "IPv6 without an address of ours": [
      "trunks: [{name: a, uri: 'sip:[2001:db8::1]'}]",
      "expected HONNIN_SIP_HOST_V6 with it",
    ],
    "a DID as the contact": [
      `dids: "0312345678"\n${one(`username: u\n    password: ${SECRET}\n    register: true\n    contact_user: "81312345678"`)}`,
      "contact_user: got one of HONNIN_DIDS",
    ],
    "rport for one of two": [
      "trunks: [{name: a, uri: 'sip:192.0.2.1'}, {name: b, uri: 'sip:192.0.2.2', rport: false}]",
      "got rport true and false",
    ],
    "two at one address": [
      "trunks: [{name: a, uri: 'sip:192.0.2.1'}, {name: b, uri: 'sip:198.51.100.1', addresses: [192.0.2.0/28]}]",
      "a, b share an address",
    ],
  };
  for (const [what, [yaml, said]] of Object.entries(WRONG)) {
    it(`stops the start for ${what}`, () => {
      expect(problems(yaml)).to.contain(said).and.not.contain(SECRET);
    });
  }

  it("takes two registrations at one address, each with a contact of its own", () => {
    const entry = (name: string): string =>
      `{name: ${name}, uri: 'sip:192.0.2.1', register: true, username: ${name}-user, password: ${SECRET}}`;
    expect(load(`trunks: [${entry("a")}, ${entry("b")}]`)).to.have.length(2);
  });

  it("reads a password from a file, and never shows it", () => {
    writeFileSync(path.join(dir.path, "password"), `${SECRET}\n`);
    const trunks = load(one("username: u\n    password_file: password"));
    expect(trunks[0]?.password).to.equal(SECRET);
    expect(JSON.stringify(shownTrunks(trunks)))
      .to.contain('"password":"(set)"')
      .and.not.contain(SECRET);
  });
});
