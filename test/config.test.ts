import { writeFile } from "node:fs/promises";
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

  it("takes a password of digits for text, and an empty value for none", async () => {
    const config = await load("trunk_password: 12345678\napi_port:\ntrunk_username:\n");
    expect(config).to.include({ trunkPassword: "12345678", apiPort: 8443 });
    expect(config.trunkUsername).to.equal(undefined);
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

  it("takes an empty variable for one that is not set", () => {
    const config = loadConfig({ HONNIN_DATA_DIR: "", HONNIN_CONFIG: "", HONNIN_API_PORT: "" }, dir.path);
    expect(config.dataDir).to.equal(path.join(dir.path, "var"));
  });
});
