import { expect } from "chai";
import { chmod, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { certificateGroup } from "../../src/cli/doctor/certificate-group.js";
import { dataGroup } from "../../src/cli/doctor/data-group.js";
import { settingsGroup } from "../../src/cli/doctor/settings-group.js";
import { loadTlsPair } from "../../src/http/tls.js";
import { Store } from "../../src/store/store.js";
import { DAY_MS } from "../../src/verification/durations.js";
import { tempDir } from "../support/temp-dir.js";
import { type Env, expectOnly, found, ids } from "./found.js";

/** Nothing is wrong with these. */
const SOUND = {
  HONNIN_TRUNK_URI: "sip:127.0.0.1:5070",
  HONNIN_CALLER_NUMBER: "0312345678",
  HONNIN_DIDS: "0312345678",
};

describe("honnin doctor, on what lies on the disk", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;

  beforeEach(async () => {
    dir = await tempDir();
  });

  afterEach(async () => {
    await dir.remove();
  });

  const inDir = (...parts: readonly string[]): string => path.join(dir.path, ...parts);

  describe("the settings", () => {
    it("finds nothing where they are right", async () => {
      expect(await found(settingsGroup, dir.path, { ...SOUND, TZ: "Asia/Tokyo" })).to.deep.equal([]);
    });

    it("finds each that is wrong, by its own words and without a secret", async () => {
      const env = {
        ...SOUND,
        HONNIN_API_PORT: "no",
        HONNIN_TRUNK_PASSWORD: "s3cret",
        HONNIN_RING_SECONDS: "0",
      };
      const findings = await found(settingsGroup, dir.path, env);
      expect(ids(findings)).to.deep.equal(["settings-wrong", "settings-wrong"]);
      expect(JSON.stringify(findings)).to.contain("HONNIN_API_PORT").and.not.contain("s3cret");
    });

    it("finds a tariff that cannot be read among them", async () => {
      const findings = await found(settingsGroup, dir.path, { ...SOUND, HONNIN_TARIFF: inDir("none.yaml") });
      expectOnly(findings, "settings-wrong", "none.yaml");
    });

    it("finds a file with a password in it that others may read", async () => {
      const lines = { trunk_uri: "sip:127.0.0.1", caller_number: "0312345678", dids: "0312345678" };
      const secret = { trunk_username: "line", trunk_password: "s3cret" };
      const text = Object.entries({ ...lines, ...secret }).map(([name, value]) => `${name}: "${value}"\n`);
      await writeFile(inDir("honnin.yaml"), text.join(""), { mode: 0o600 });
      expect(ids(await found(settingsGroup, dir.path))).to.deep.equal([]);
      await chmod(inDir("honnin.yaml"), 0o644);
      expectOnly(await found(settingsGroup, dir.path), "settings-readable", "0644");
    });

    for (const [id, env] of [
      ["trunk-missing", { HONNIN_TRUNK_URI: "" }],
      ["caller-number-missing", { HONNIN_CALLER_NUMBER: "" }],
      ["dids-missing", { HONNIN_DIDS: "" }],
      ["test-phones-beside-trunk", { HONNIN_TEST_PHONES: "09012345678=1001" }],
      ["webhooks-to-private", { HONNIN_WEBHOOK_ALLOW_PRIVATE: "true" }],
      ["rtp-ports-too-few", { HONNIN_TRUNK_MAX_CALLS: "6000" }],
      ["time-zone-unknown", { TZ: "Asia/Tokio" }],
    ] as const satisfies readonly (readonly [string, Env])[]) {
      it(`finds ${id}`, async () => {
        expectOnly(await found(settingsGroup, dir.path, { ...SOUND, ...env }), id);
      });
    }
  });

  describe("the data directory and its key", () => {
    beforeEach(async () => {
      await (await Store.open(dir.path)).close();
    });

    const look = (env: Env = {}): ReturnType<typeof found> =>
      found(dataGroup, dir.path, { HONNIN_MIN_FREE_DISK_MB: "0", ...env });

    it("finds nothing where all is well, nor where nothing was made yet", async () => {
      expect(await look()).to.deep.equal([]);
      expect(await found(dataGroup, inDir("none"), { HONNIN_MIN_FREE_DISK_MB: "0" })).to.deep.equal([]);
    });

    it("finds a folder that others can look into", async () => {
      await chmod(dir.path, 0o755);
      expectOnly(await look(), "data-dir-open", "0755");
    });

    it("finds a file in its place", async () => {
      await writeFile(inDir("file"), "");
      expectOnly(await found(dataGroup, inDir("file")), "data-dir-unusable");
    });

    it("finds that the key is gone, may be read by others, is damaged, or is another one's", async () => {
      const key = inDir("keys", "data.key");
      const right = await readFile(key);
      await chmod(key, 0o644);
      expectOnly(await look(), "key-readable", "0644");
      await writeFile(key, Buffer.alloc(32, 7).toString("base64"), { mode: 0o600 });
      await chmod(key, 0o600);
      expectOnly(await look(), "key-of-another", key);
      await writeFile(key, "short");
      expectOnly(await look(), "key-unusable");
      await rm(key);
      expectOnly(await look(), "key-missing", key);
      await writeFile(key, right, { mode: 0o600 });
      expect(await look()).to.deep.equal([]);
    });

    it("finds that the disk has less room than the floor, or hardly more", async () => {
      expectOnly(await look({ HONNIN_MIN_FREE_DISK_MB: "10000000" }), "disk-full", "MB");
      const [{ seen } = { seen: "" }] = await look({ HONNIN_MIN_FREE_DISK_MB: "10000000" });
      const free = Number(/: (\d+) MB/.exec(seen)?.[1]);
      const nearly = await look({ HONNIN_MIN_FREE_DISK_MB: String(Math.floor(free / 1.5)) });
      expectOnly(nearly, "disk-nearly-full", "MB");
    });
  });

  describe("the certificate", () => {
    const cert = (): string => inDir("tls", "cert.pem");
    const key = (): string => inDir("tls", "key.pem");

    /** As an administrator's own, made at another time. */
    const make = (daysAgo: number): Promise<unknown> =>
      loadTlsPair(dir.path, undefined, undefined, Date.now() - daysAgo * DAY_MS);

    const look = (env: Env = {}): ReturnType<typeof found> =>
      found(certificateGroup, dir.path, { HONNIN_TLS_CERT: cert(), HONNIN_TLS_KEY: key(), ...env });

    it("finds nothing where it is sound, nor where none is there to be made yet", async () => {
      expect(await found(certificateGroup, dir.path)).to.deep.equal([]);
      await make(0);
      expect(await look()).to.deep.equal([]);
    });

    it("finds that it ends soon, has ended, has not begun", async () => {
      await make(720);
      expectOnly(await look(), "certificate-ends", "cert.pem");
      await rm(inDir("tls"), { recursive: true });
      await make(800);
      expectOnly(await look(), "certificate-ended", "cert.pem");
      await rm(inDir("tls"), { recursive: true });
      await make(-5);
      expectOnly(await look(), "certificate-not-yet", "cert.pem");
    });

    it("finds no fault with one of our own that a start makes anew", async () => {
      await make(720);
      expect(await found(certificateGroup, dir.path)).to.deep.equal([]);
    });

    it("finds that it is of another key, of another name, or cannot be read", async () => {
      await make(0);
      expectOnly(await look({ HONNIN_API_HOST: "192.0.2.7" }), "certificate-of-another-name", "192.0.2.7");
      const url = { HONNIN_CONSOLE_URL: "https://phone.example.co.jp" };
      expectOnly(await look(url), "certificate-of-another-name", "phone.example.co.jp");
      await mkdir(inDir("other"));
      await symlink(cert(), inDir("other", "cert.pem"));
      const other = await loadTlsPair(inDir("second"), undefined, undefined, Date.now());
      await writeFile(inDir("other", "key.pem"), other.key);
      expectOnly(await look({ HONNIN_TLS_KEY: inDir("other", "key.pem") }), "certificate-of-another-key");
      expectOnly(await look({ HONNIN_TLS_CERT: inDir("none.pem") }), "certificate-unreadable", "none.pem");
      expectOnly(await look({ HONNIN_TLS_KEY: cert() }), "certificate-unreadable", "HONNIN_TLS_KEY");
    });
  });
});
