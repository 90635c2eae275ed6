import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { addEnded } from "../receipts/ended-rows.js";
import { findClientByName } from "../../src/store/clients.js";
import { Store } from "../../src/store/store.js";
import { HonninCommand, setUp } from "../cli/honnin-command.js";
import { PROJECT_DIR } from "../phones/programs.js";
import { Smsc } from "../sms/smsc.js";
import { sharedPostgres } from "../support/postgres.js";
import { tempDir } from "../support/temp-dir.js";
import { type Block, blocksIn, typed } from "./blocks.js";

/** What needs another machine, or minutes: by page and number, which test does it and a word that is in it. */
const ELSEWHERE: Readonly<Record<string, readonly [file: string, word: string]>> = {
  "console 2": ["test/cli/admin.test.ts", '"reset"'],
  "contributing 1": ["package.json", '"test:install"'],
  "contributing 2": ["test/verification/rules.test.ts", "it("],
  "contributing 3": ["scripts/test.mjs", "HONNIN_TEST_DATABASE"],
  "contributing 4": ["test/cli/serve.test.ts", "npmStart"],
  "contributing 5": ["scripts/busy.mjs", "--loops"],
  "doctor 1": ["test/doctor/service.test.ts", '"trunk", "test"'],
  "install 1": ["test/install/debian.install.ts", "apt-get"],
  "install 2": ["test/install/debian.install.ts", '"key", "create"'],
  "install 3": ["test/cli/admin.test.ts", '"--role"'],
  "install 4": ["test/install/debian.install.ts", "asterisk"],
  "install 5": ["test/install/debian.install.ts", "preferences.d"],
  "install 6": ["test/install/package-command.test.ts", "HONNIN_INSTANCE"],
  "install 7": ["test/install/debian.install.ts", "purge"],
  "install 8": ["test/install/script.test.ts", "--dry-run"],
  "install 9": ["test/install/container.install.ts", "Containerfile"],
  "install 10": ["test/install/container.install.ts", "compose.postgres.yaml"],
  "install 11": ["test/calls/own-asterisk.test.ts", "include"],
  "install 12": ["test/prompts/readable-sounds.test.ts", "it("],
  "keeping 7": ["test/cli/data-key.test.ts", "--with-index"],
  "keeping 8": ["test/nodes/data-key.test.ts", "key"],
  "metrics 1": ["test/metrics/alerts.test.ts", "promtool"],
  "prompts 2": ["test/cli/prompts.test.ts", '"render"'],
  "quick-start 1": ["test/cli/demo.test.ts", "demo"],
  "quick-start 2": ["test/cli/serve.test.ts", "npmStart"],
  "quick-start 5": ["test/cli/serve.test.ts", "npmStart"],
  "quick-start 6": ["test/attacks/process-leaks.test.ts", '"--code", "-"'],
  "spoken-codes 1": ["test/calls/spoken.test.ts", "/check"],
  "start 1": ["test/cli/demo.test.ts", "demo"],
  "start 2": ["test/cli/serve.test.ts", "npmStart"],
  "scale 1": ["test/support/kamailio.ts", "kamailio.cfg"],
  "scale 2": ["test/haproxy/haproxy.test.ts", "haproxy"],
  "transactions 2": ["test/prompts/payee-voice.test.ts", "payee"],
  "trunks 1": ["test/calls/asterisks.ts", "ari-client"],
};
/** Of what is done elsewhere and changes the machine: what is in both, in the same words but for quotation marks. */
const WORDS_OF_BOTH: Readonly<Record<string, readonly [file: string, ...words: readonly string[]]>> = {
  "install 2": ["test/install/package-command.test.ts", "key create --client shop"],
  "install 5": [
    "test/install/debian.install.ts",
    ...["install debian-archive-keyring", "/etc/apt/sources.list.d/debian.sources", "Types: deb"],
    ...["Suites: forky", "Components: main", "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg"],
    ...["/etc/apt/preferences.d/debian", "Package: *", "Pin: release o=Debian", "Pin-Priority: -1"],
  ],
  "install 6": ["test/install/package-command.test.ts", "/etc/honnin/bank.yaml"],
  "install 7": ["test/install/service.install.ts", "purge honnin"],
  "install 8": ["test/install/debian.install.ts", "--uninstall", "--purge", "--dry-run"],
  "install 9": [
    "test/install/container.install.ts",
    ...["deploy/Containerfile", "deploy/honnin.yaml", "up -d", "key create --client shop"],
  ],
  "install 10": [
    "test/install/container.install.ts",
    ...["-f compose.yaml -f compose.postgres.yaml", "secrets/database-password", "up -d"],
  ],
  "install 11": ["test/asterisk/plain-asterisk.ts", "asterisk-config/include", "#include honnin/$name.conf"],
  "install 12": ["test/prompts/readable-sounds.test.ts", "2750"],
};
/** What changes the machine is never run here, whoever runs the tests: another test has to be named for it. */
const CHANGES_MACHINE =
  /\b(sudo|apt-get|systemctl|chown|podman|docker|editor|kamailio|haproxy)\b|\/etc\/|\/usr\//;
/** With the service stopped, as the page says. */
const ALONE = ["keeping 4"];
/** What a page has had its reader do before, beside its own commands. */
const BEFORE: Readonly<Record<string, string>> = {
  "prompts 3": "honnin prompts set company-name --client shop name.m4a --text x",
  "transactions 1": "honnin prompts set payee-honnin recording.wav --text 本人商店 --client shop",
};
/** Settings that are shown, and no commands. */
const SETTINGS = ["keeping 3", "sms-gateways 1"];

const name = ({ page, nth }: Block): string => `${page} ${String(nth)}`;

describe("the commands of the documentation", () => {
  const blocks = blocksIn("en");
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let service: HonninCommand;
  let smsc: Smsc;
  let api: string;
  let copyTo: string;
  const at = (...parts: readonly string[]): string => path.join(dir.path, ...parts);

  before(async function () {
    await setUp();
    dir = await tempDir();
    smsc = await Smsc.start();
    for (const folder of ["bin", "var", "srv", "backup"]) await mkdir(at(folder), { mode: 0o700 });
    const program = `exec "${process.execPath}" "${path.join(PROJECT_DIR, "scripts/honnin.mjs")}" "$@"`;
    await script("honnin", program);
    await script("npx", `shift\n${program}`);
    // Whatever is refused ends the block.
    await script("curl", `exec ${await where("curl")} --silent --show-error --fail-with-body "$@"`);
    await writeFile(at("passphrase"), "correct horse battery\n", { mode: 0o600 });
    const voice = path.join(PROJECT_DIR, "sounds/ja/company-name.wav");
    for (const recording of ["name.m4a", "recording.wav"]) copyFileSync(voice, at(recording));
    copyTo = await (await sharedPostgres()).database("empty");
    const sms = `smpp://USER:PASSWORD@127.0.0.1:${String(smsc.port)}`;
    const settings = { dids: "0312340000", test_phones: "09012345678=1001", node: "tokyo-1", sms_url: sms };
    const yaml = Object.entries({ ...settings, sms_sender: "ACME" }).map(
      ([key, value]) => `${key}: "${value}"\n`,
    );
    await writeFile(at("var", "honnin.yaml"), yaml.join(""), { mode: 0o600 });
    await start();
    const { stdout } = await shell("honnin key create --client shop --json");
    await writeFile(at("key"), (JSON.parse(stdout) as { key: string }).key);
    const other = await shell("honnin key create --client shop --json");
    await writeFile(at("key-id"), (JSON.parse(other.stdout) as { id: string }).id);
    for (const one of ["branch", "NAME"]) await shell(`honnin client create ${one}`);
  });
  after(async () => {
    await stop();
    await smsc.stop();
    await dir.remove();
  });

  async function start(): Promise<void> {
    const free = ["API", "OPS", "CONSOLE", "SIP"].map((one) => [`HONNIN_${one}_PORT`, "0"] as const);
    service = new HonninCommand(at("var"), ["serve"], Object.fromEntries(free));
    ({ api } = (await service.logged("honnin is ready")) as { api: string });
  }

  async function stop(): Promise<void> {
    service.signal("SIGTERM");
    await service.ended();
  }

  async function endedOrder(): Promise<void> {
    const store = await Store.open(at("var"));
    const shop = await findClientByName(store.read, "shop");
    await addEnded(store, shop?.id ?? "", "order-1234", Date.now());
    await store.close();
  }

  async function script(file: string, text: string): Promise<void> {
    await writeFile(at("bin", file), `#!/bin/sh\n${text}\n`);
    await chmod(at("bin", file), 0o755);
  }

  /** As a reader types it, in the folder of the installation. */
  async function shell(text: string): Promise<{ code: number; stdout: string; stderr: string }> {
    const key = existsSync(at("key")) ? readFileSync(at("key"), "utf8") : "";
    const clean = Object.entries(process.env).filter(([one]) => !/^(HONNIN_|NODE_OPTIONS$)/.test(one));
    const child = spawn("bash", ["-euc", text], {
      cwd: dir.path,
      env: { ...Object.fromEntries(clean), PATH: `${at("bin")}:${process.env["PATH"] ?? ""}`, KEY: key },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const [code] = (await once(child, "close")) as [number];
    return { code, stdout, stderr };
  }

  /** What a reader has otherwise than the page: names of machines, folders and numbers of keys. */
  function here(text: string): string {
    return text
      .replaceAll("https://127.0.0.1:8443", api)
      .replaceAll("/root/backup-passphrase", at("passphrase"))
      .replaceAll("/backup/", `${at("backup")}/`)
      .replaceAll("/srv/honnin", at("srv"))
      .replaceAll("--cacert cert.pem", "--cacert var/tls/cert.pem")
      .replaceAll(/'postgres:[^']*'/g, copyTo)
      .replaceAll(/key_[0-9a-f-]{36}/g, readFileSync(at("key-id"), "utf8").trim())
      .replaceAll("KEY=honnin_…", ":")
      .replaceAll("VERIFICATION", "order-1234");
  }

  async function runs(block: Block): Promise<void> {
    expect(here(block.text), "it changes the machine").not.to.match(CHANGES_MACHINE);
    const isAlone = ALONE.includes(name(block));
    if (isAlone) await stop();
    // Not before: the page on keeping erases its number, and with that its id.
    if (block.page === "receipts") await endedOrder();
    const { code, stdout, stderr } = await shell(`${BEFORE[name(block)] ?? ":"}\n${here(block.text)}`);
    if (isAlone) await start();
    expect(code, `${block.text}\n${stdout}\n${stderr}`).to.equal(0);
  }

  it("are the same in both languages", () => {
    const told = (language: "en" | "ja"): string[] =>
      blocksIn(language).map((block) => `${name(block)}: ${typed(block.text)}`);
    expect(told("ja")).to.deep.equal(told("en").filter((one) => !one.startsWith("contributing ")));
  });

  it("are executed here, or by a test that is there", () => {
    const names = blocks.map(name);
    const told = [...Object.keys(ELSEWHERE), ...SETTINGS, ...ALONE, ...Object.keys(BEFORE)];
    expect(told.filter((one) => !names.includes(one))).to.deep.equal([]);
    for (const [block, [file, word]] of Object.entries(ELSEWHERE))
      expect(readFileSync(path.join(PROJECT_DIR, file), "utf8"), block).to.contain(word);
  });

  it("are in the same words where another test does what changes the machine", () => {
    const bare = (text: string): string => text.replaceAll(/["'`,{}]/g, "").replaceAll(/\\n|\s+/g, " ");
    for (const [block, [file, ...words]] of Object.entries(WORDS_OF_BOTH)) {
      const page = bare(blocks.find((one) => name(one) === block)?.text ?? "");
      const test = bare(readFileSync(path.join(PROJECT_DIR, file), "utf8"));
      for (const word of words) expect([page, test], `${block}: ${word}`).to.satisfy(both(word));
    }
    function both(word: string): (texts: readonly string[]) => boolean {
      return (texts) => texts.every((text) => text.includes(word));
    }
  });

  it("name scripts and files that there are", () => {
    const { scripts } = JSON.parse(readFileSync(path.join(PROJECT_DIR, "package.json"), "utf8")) as {
      scripts: Readonly<Record<string, string>>;
    };
    const named = blocks.map(({ text }) => text).join("\n");
    const run = [...named.matchAll(/\bnpm (?:run )?([a-z][a-z:]*)/g)].map(([, one = ""]) => one);
    expect(run).to.include.members(["demo", "test", "start", "test:busy"]);
    expect(run.filter((one) => one !== "install" && scripts[one] === undefined)).to.deep.equal([]);
    const files = [...named.matchAll(/(?<![\w/.-])((?:scripts|test|deploy)\/[\w./-]*\w)/g)].map(
      ([, one = ""]) => one,
    );
    const made = ["deploy/honnin.yaml"];
    const missing = files.filter((one) => !existsSync(path.join(PROJECT_DIR, one)));
    expect(missing.filter((one) => !made.includes(one))).to.deep.equal([]);
  });

  for (const block of blocks) {
    if (ELSEWHERE[name(block)] !== undefined || SETTINGS.includes(name(block))) continue;
    it(`run: ${name(block)}, ${block.text.split("\n")[0] ?? ""}`, () => runs(block));
  }

  async function where(program: string): Promise<string> {
    const child = spawn("sh", ["-c", `command -v ${program}`], { stdio: ["ignore", "pipe", "inherit"] });
    let told = "";
    child.stdout.on("data", (chunk: Buffer) => (told += chunk.toString()));
    await once(child, "close");
    return told.trim();
  }
});
