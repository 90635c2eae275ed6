import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { ConfigError } from "../src/config-error.js";
import { loadConfig } from "../src/config.js";
import { tempDir } from "./support/temp-dir.js";

describe("the configuration", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;
  beforeEach(async () => {
    dir = await tempDir();
  });
  afterEach(() => dir.remove());

  const load = async (
    yaml: string,
    env: Record<string, string> = {},
  ): Promise<ReturnType<typeof loadConfig>> => {
    await writeFile(path.join(dir.path, "honnin.yaml"), yaml);
    return loadConfig({ HONNIN_DATA_DIR: dir.path, ...env }, dir.path);
  };
  const problems = async (yaml: string, env: Record<string, string> = {}): Promise<string> => {
    try {
      await load(yaml, env);
      return "";
    } catch (error) {
      return (error as ConfigError).problems.join("\n");
    }
  };

  it("keeps the leading zero of a number that YAML would take for an integer", async () => {
    const config = await load("caller_number: 0312345678\ndids: [0312345678, 0451234567]\n");
    expect(config.callerNumber).to.equal("0312345678");
    expect(config.dids).to.deep.equal(["0312345678", "0451234567"]);
  });

  it("sets up a demonstration where nothing at all is set, and none of it where anything is", async () => {
    const trial = loadConfig({ PATH: "/bin", HONNIN_LOG_LEVEL: "" }, dir.path);
    expect(trial).to.deep.include({ demo: true, testPhones: ["0600000001=1001"], dids: ["0310000001"] });
    expect(trial).to.include({ trunkUri: undefined, apiHost: "127.0.0.1", consoleHost: "127.0.0.1" });
    const service = { demo: false, testPhones: [], dids: [] };
    expect(loadConfig({ HONNIN_LOG_LEVEL: "info" }, dir.path)).to.deep.include(service);
    expect(loadConfig({ HONNIN_DATA_DIR: dir.path }, dir.path)).to.deep.include(service);
    await mkdir(path.join(dir.path, "var"));
    await writeFile(path.join(dir.path, "var/honnin.yaml"), "");
    expect(loadConfig({}, dir.path), "a file without a line").to.deep.include(service);
  });

  it("wants test telephones for a demonstration: no other may ring", async () => {
    expect(await problems("demo: true\n")).to.include("HONNIN_DEMO: expected HONNIN_TEST_PHONES");
    expect(await problems("demo: perhaps\n")).to.include("demo: got");
    expect(await problems("demo: true\ntest_phones: 0600000001=1001\n")).to.equal("");
  });

  it("knows no setting by a name that means something to JavaScript", async () => {
    for (const name of ["__proto__", "constructor", "toString"]) {
      expect(await problems(`${name}: x\n`)).to.contain(`unknown setting "${name}"`);
    }
  });

  it("takes a password of digits for text, and an empty value for none", async () => {
    const config = await load("trunk_password: 12345678\ntrunk_username: line\napi_port:\ncaller_number:\n");
    expect(config).to.include({ trunkPassword: "12345678", apiPort: 8443 });
    expect(config.callerNumber).to.equal(undefined);
  });

  for (const value of ["true", "[8443]", "0x1F90", "1e3", "-1", "65536", "8443.5"]) {
    it(`does not take ${value} for a port`, async () => {
      expect(await problems(`api_port: ${value}`))
        .to.include("api_port: got")
        .and.to.include("expected a port");
    });
  }

  it("does not take a blank for port 0", async () => {
    expect(await problems("", { HONNIN_API_PORT: " " })).to.include("HONNIN_API_PORT");
  });

  it("shows no secret when the file is not YAML", async () => {
    const told = await problems("trunk_password: s3cret: x");
    expect(told).to.include("not YAML");
    expect(told).to.not.include("s3cret");
  });

  for (const [what, env] of [
    ["a certificate without its key", { HONNIN_TLS_CERT: "x.pem" }],
    ["an Asterisk without its password", { HONNIN_ARI_URL: "http://127.0.0.1:8088" }],
    ["an Asterisk by FTP", { HONNIN_ARI_URL: "ftp://x", HONNIN_ARI_USERNAME: "a", HONNIN_ARI_PASSWORD: "b" }],
    ["a timer B below 64 x T1", { HONNIN_SIP_TIMER_B_MS: "6400" }],
  ] as const) {
    it(`refuses ${what}`, async () => {
      expect(await problems("", env)).to.include(Object.keys(env)[0]);
    });
  }

  const TRUNK = { HONNIN_TRUNK_URI: "sip:192.0.2.1" };
  const LINE = { HONNIN_TRUNK_USERNAME: "line", HONNIN_TRUNK_PASSWORD: "s3cret" };
  for (const [what, env, said] of [
    ["a user at the trunk without a password", { HONNIN_TRUNK_USERNAME: "line" }, "got one, expected both"],
    ["a password at the trunk without a user", { HONNIN_TRUNK_PASSWORD: "s3cret" }, "got one, expected both"],
    [
      "to register at no trunk",
      { HONNIN_TRUNK_REGISTER: "true", ...LINE },
      "HONNIN_TRUNK_REGISTER: expected HONNIN_TRUNK_URI",
    ],
    [
      "to register as nobody",
      { HONNIN_TRUNK_REGISTER: "true", ...TRUNK },
      "HONNIN_TRUNK_REGISTER: expected HONNIN_TRUNK_URI",
    ],
    ["a DID that is no number", { HONNIN_DIDS: "0312345678,sales" }, "HONNIN_DIDS: got"],
    [
      "the same DID in two spellings",
      { HONNIN_DIDS: "0312345678,+81312345678" },
      "HONNIN_DIDS: got +81312345678 twice",
    ],
    ["a trunk at a port that there is not", { HONNIN_TRUNK_URI: "sip:192.0.2.1:99999" }, "HONNIN_TRUNK_URI"],
    [
      "a place for the DID that there is not",
      { HONNIN_TRUNK_DID_FROM: "to,diversion" },
      "HONNIN_TRUNK_DID_FROM",
    ],
    [
      "everybody as the trunk",
      { HONNIN_TRUNK_URI: "sip:192.0.2.1", HONNIN_TRUNK_ADDRESSES: "192.0.2.2,0.0.0.0/0" },
      "HONNIN_TRUNK_ADDRESSES: got",
    ],
    ["addresses of no trunk", { HONNIN_TRUNK_ADDRESSES: "192.0.2.2" }, "HONNIN_TRUNK_ADDRESSES: expected"],
    [
      "a user of the digest alone",
      { HONNIN_TRUNK_AUTH_USERNAME: "0007" },
      "HONNIN_TRUNK_AUTH_USERNAME: expected",
    ],
    ["a trunk at port 0", { HONNIN_TRUNK_URI: "sip:192.0.2.1:0" }, "HONNIN_TRUNK_URI"],
    ["a trunk at an address that is none", { HONNIN_TRUNK_URI: "sip:127.0.0.300" }, "HONNIN_TRUNK_URI"],
    [
      "a test phone with a number that nobody can have",
      { HONNIN_TEST_PHONES: "09012345678=1001,00012345=1002" },
      'HONNIN_TEST_PHONES: got "00012345=1002"',
    ],
  ] as const) {
    it(`refuses ${what}`, async () => {
      expect(await problems("", env))
        .to.include(said)
        .and.to.not.include("s3cret");
    });
  }

  it("takes a registration that has all it needs, and a trunk by name, by address and with a port", async () => {
    const registered = await load("", { HONNIN_TRUNK_REGISTER: "true", ...TRUNK, ...LINE });
    expect(registered.trunkRegister).to.equal(true);
    for (const uri of [
      "sip:carrier.example",
      "sip:192.0.2.1:5070;transport=tcp",
      "sip:1carrier.example:65535",
    ]) {
      expect((await load("", { HONNIN_TRUNK_URI: uri })).trunkUri).to.equal(uri);
    }
  });

  for (const value of [
    "http://ari:s3cret@127.0.0.1:8088",
    "http://:s3cret@127.0.0.1:8088",
    "http://ari:s3cret/s3cret@127.0.0.1:8088",
    "http://ari:s3cret@s3cret@127.0.0.1:8088",
    'http://ari:s3cret"s3cret@127.0.0.1:8088',
    "ari:s3cret@127.0.0.1:8088",
  ]) {
    it(`shows no password that stands in a URL: ${value}`, async () => {
      const access = { HONNIN_ARI_USERNAME: "ari", HONNIN_ARI_PASSWORD: "s3cret" };
      expect(await problems("", { HONNIN_ARI_URL: value, ...access }))
        .to.include("HONNIN_ARI_URL: got")
        .and.to.include("without user and password")
        .and.to.not.include("s3cret");
      const uri = value.replace("http://", "sip:");
      expect(await problems("", { HONNIN_TRUNK_URI: uri }))
        .to.include("HONNIN_TRUNK_URI: got")
        .and.to.not.include("s3cret");
      expect(await problems(`trunk_uri: ['${uri}']`), "as a list")
        .to.include("trunk_uri: got")
        .and.to.not.include("s3cret");
    });
  }

  it("takes an empty variable for one that is not set", () => {
    const config = loadConfig({ HONNIN_DATA_DIR: "", HONNIN_CONFIG: "", HONNIN_API_PORT: "" }, dir.path);
    expect(config.dataDir).to.equal(path.join(dir.path, "var"));
  });
});
