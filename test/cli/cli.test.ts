import { expect } from "chai";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { tempDir } from "../support/temp-dir.js";
import { HonninCommand, type Outcome, setUp } from "./honnin-command.js";

const SECRET = "s3cret-of-the-trunk";

describe("the honnin command", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;

  before(setUp);

  beforeEach(async () => {
    dir = await tempDir();
  });

  afterEach(async () => {
    await dir.remove();
  });

  function honnin(args: string, settings: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    return HonninCommand.run(dir.path, args === "" ? [] : args.split(" "), settings);
  }

  async function ok(args: string): Promise<string> {
    const { code, stdout, stderr } = await honnin(args);
    expect(code, stderr).to.equal(0);
    return stdout;
  }

  function yaml(text: string): Promise<void> {
    return writeFile(path.join(dir.path, "honnin.yaml"), text);
  }

  describe("used wrongly", () => {
    for (const [args, said] of [
      ["dance", "unknown command 'dance'"],
      ["key", "Usage: honnin key"],
      ["key dance", "unknown command 'dance'"],
      ["key create", "--client"],
      ["key list --loud", "--loud"],
      ["client create", "name"],
      ["", "Usage: honnin"],
    ] as const) {
      it(`as "honnin ${args}" ends with 2 and says why on stderr`, async () => {
        const { code, stdout, stderr } = await honnin(args);
        expect(code).to.equal(2);
        expect(stdout).to.equal("");
        expect(stderr).to.contain(said);
      });
    }

    it("prints the help that was asked for on stdout, and ends with 0", async () => {
      const { code, stdout, stderr } = await honnin("--help");
      expect(code).to.equal(0);
      expect(stderr).to.equal("");
      for (const command of ["serve", "demo", "config", "client", "key", "verify"]) {
        expect(stdout).to.match(new RegExp(`^ {2}${command}\\b`, "m"));
      }
    });
  });

  describe("config check", () => {
    it("is content with the defaults, and has nothing to print on stdout", async () => {
      const { code, stdout, stderr } = await honnin("config check");
      expect(code).to.equal(0);
      expect(stdout).to.equal("");
      expect(stderr).to.contain("the settings are valid");
    });

    it("names every wrong setting with its value and what was expected, and ends with 3", async () => {
      const { code, stdout, stderr } = await honnin("config check", {
        HONNIN_API_PORT: "70000",
        HONNIN_LOG_LEVEL: "loud",
        HONNIN_TRUNK_URI: "tel:0312345678",
      });
      expect(code).to.equal(3);
      expect(stdout).to.equal("");
      expect(stderr).to.contain(`HONNIN_API_PORT: got "70000", expected a port from 0`);
      expect(stderr).to.contain(`HONNIN_LOG_LEVEL: got "loud", expected error, warn, info or debug`);
      expect(stderr).to.contain(`HONNIN_TRUNK_URI: got "tel:0312345678", expected a SIP URI`);
    });

    it("names settings that are each right and wrong together, and ends with 3", async () => {
      const { code, stderr } = await honnin("config check", {
        HONNIN_TRUNK_USERNAME: "line",
        HONNIN_TRUNK_REGISTER: "true",
        HONNIN_DIDS: "0312345678,+81312345678",
        HONNIN_TEST_PHONES: "00012345=1001",
      });
      expect(code).to.equal(3);
      expect(stderr).to.contain("HONNIN_TRUNK_USERNAME, HONNIN_TRUNK_PASSWORD: got one, expected both");
      expect(stderr).to.contain("HONNIN_TRUNK_REGISTER: expected HONNIN_TRUNK_URI");
      expect(stderr).to.contain("HONNIN_DIDS: got +81312345678 twice");
      expect(stderr).to.contain("HONNIN_TEST_PHONES: got");
    });

    it("refuses a password in a URL without showing it, and a host and a port that there are not", async () => {
      const { code, stderr } = await honnin("config check", {
        HONNIN_ARI_URL: `http://ari:${SECRET}@127.0.0.1:8088`,
        HONNIN_TRUNK_URI: "sip:127.0.0.300:99999",
        HONNIN_DIDS: "03-HONNIN",
      });
      expect(code).to.equal(3);
      for (const name of ["HONNIN_ARI_URL", "HONNIN_TRUNK_URI", "HONNIN_DIDS"]) {
        expect(stderr).to.contain(`${name}: got`);
      }
      expect(stderr).not.to.contain(SECRET);
    });

    it("stops every other command as well", async () => {
      for (const args of ["serve", "key list"]) {
        const { code, stderr } = await honnin(args, { HONNIN_SIP_PORT: "sip" });
        expect(code).to.equal(3);
        expect(stderr).to.contain("HONNIN_SIP_PORT");
      }
    });

    it("reads honnin.yaml in the data directory", async () => {
      await yaml("api_port: 9443\ndids: ['0312345678', '0312345679']\nlog_level: warn\n");
      const { code, stdout, stderr } = await honnin("config check --json");
      expect(code, stderr).to.equal(0);
      expect(stderr).to.contain("honnin.yaml");
      expect(JSON.parse(stdout)).to.deep.include({
        api_port: 9443,
        dids: ["0312345678", "0312345679"],
        log_level: "warn",
        data_dir: dir.path,
      });
    });

    it("lets the environment override it, and leaves it alone where the variable is empty", async () => {
      await yaml("api_port: 9443\nops_port: 9555\n");
      const { stdout } = await honnin("config check --json", {
        HONNIN_API_PORT: "9000",
        HONNIN_OPS_PORT: "",
      });
      expect(JSON.parse(stdout)).to.deep.include({ api_port: 9000, ops_port: 9555 });
    });

    it("reads the file that HONNIN_CONFIG names, and wants it to be there", async () => {
      const file = path.join(dir.path, "elsewhere.yaml");
      const missing = await honnin("config check", { HONNIN_CONFIG: file });
      expect(missing.code).to.equal(3);
      expect(missing.stderr).to.contain(`HONNIN_CONFIG: cannot read ${file}`);
      await writeFile(file, "ring_seconds: 25\n");
      const { stdout } = await honnin("config check --json", { HONNIN_CONFIG: file });
      expect(JSON.parse(stdout)).to.deep.include({ ring_seconds: 25 });
    });

    it("names an unknown key of honnin.yaml, and a wrong one with the file", async () => {
      await yaml("api_prot: 9443\nsip_port: many\n");
      const { code, stderr } = await honnin("config check");
      expect(code).to.equal(3);
      expect(stderr).to.contain(`unknown setting "api_prot"`);
      expect(stderr).to.contain(`honnin.yaml: sip_port: got "many", expected a port`);
    });

    it("says so when honnin.yaml is no mapping, or no YAML", async () => {
      for (const text of ["- api_port\n", "api_port: [\n"]) {
        await yaml(text);
        const { code, stderr } = await honnin("config check");
        expect(code, text).to.equal(3);
        expect(stderr).to.contain("honnin.yaml");
      }
    });

    it("shows no secret, whether it is right or wrong", async () => {
      await yaml(`trunk_password: ["${SECRET}"]\n`);
      const wrong = await honnin("config check", { HONNIN_ARI_PASSWORD: SECRET });
      expect(wrong.code).to.equal(3);
      expect(wrong.stderr).to.contain("trunk_password: got (a secret), expected text");
      await yaml(`trunk_username: line\ntrunk_password: ${SECRET}\n`);
      const table = await honnin("config check --all");
      const json = await honnin("config check --json");
      expect(table.stdout).to.match(/trunk_password +HONNIN_TRUNK_PASSWORD +\(set\)/);
      expect(JSON.parse(json.stdout)).to.deep.include({ trunk_password: "(set)" });
      for (const { stdout, stderr } of [wrong, table, json]) expect(stdout + stderr).not.to.contain(SECRET);
    });
  });

  describe("client and key", () => {
    it("create prints the new client's id, and the same for the same name", async () => {
      const id = (await ok("client create acme")).trim();
      expect(id).to.match(/^cli_[0-9a-f-]{36}$/);
      expect((await ok("client create acme")).trim()).to.equal(id);
      expect(JSON.parse(await ok("client list --json"))).to.have.length(1);
      expect(await ok("client list")).to.match(new RegExp(`^ID +NAME +CREATED\\n${id} +acme +20`));
    });

    it("create refuses a name that would spoil a table or a log", async () => {
      const { code, stdout } = await HonninCommand.run(dir.path, ["client", "create", "acme\nevil"]);
      expect(code).to.equal(2);
      expect(stdout).to.equal("");
      expect(JSON.parse(await ok("client list --json"))).to.deep.equal([]);
    });

    it("key create --json prints the key, and makes the client when it is new", async () => {
      const { key, client } = JSON.parse(await ok("key create --client shop --json")) as Record<
        string,
        string
      >;
      expect(key).to.be.a("string").with.length.greaterThan(30);
      expect(client).to.equal("shop");
      expect(await ok("client list")).to.contain("shop");
    });

    it("key create prints nothing but the key on stdout; the talk is on stderr", async () => {
      const { stdout, stderr } = await honnin("key create --client shop");
      expect(stdout).to.match(/^\S+\n$/);
      expect(stderr).to.contain("not shown again").and.not.to.contain(stdout.trim());
    });

    it("key list never shows a key, nor does the database hold one", async () => {
      const { key, id } = JSON.parse(await ok("key create --client shop --json --label web")) as {
        key: string;
        id: string;
      };
      const shown = (await ok("key list")) + (await ok("key list --json"));
      expect(shown).to.contain(id).and.contain("web").and.not.contain(key);
      expect(shown).not.to.match(/hash/i);
      const database = await readFile(path.join(dir.path, "honnin.db"), "latin1");
      expect(database).to.contain(id).and.not.contain(key);
    });

    it("key create --expires takes a date or days ahead, and nothing in the past", async () => {
      const inDays = JSON.parse(await ok("key create --client shop --json --expires 90d")) as {
        expires_at: string;
      };
      const days = (Date.parse(inDays.expires_at) - Date.now()) / 86_400_000;
      expect(days).to.be.within(89.9, 90);
      expect(await ok("key create --client shop --json --expires 2099-01-01")).to.contain("2099-01-01T00:00");
      for (const when of ["yesterday", "2020-01-01", "0d"]) {
        expect((await honnin(`key create --client shop --expires ${when}`)).code, when).to.equal(2);
      }
    });

    it("key revoke makes it useless once; a second time there is none to revoke", async () => {
      const { id } = JSON.parse(await ok("key create --client shop --json")) as { id: string };
      expect(await ok(`key revoke ${id}`), "stdout").to.equal("");
      const [listed] = JSON.parse(await ok("key list --json")) as { revoked_at: unknown }[];
      expect(listed!.revoked_at).to.match(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      for (const again of [id, "no-such-key"]) {
        const { code, stderr } = await honnin(`key revoke ${again}`);
        expect(code).to.equal(1);
        expect(stderr).to.contain("no such key");
      }
    });
  });
});
