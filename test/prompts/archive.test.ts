import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { expect } from "chai";
import type { ArchiveManifest } from "../../src/prompts/archive-manifest.js";
import { exportPrompts } from "../../src/prompts/export.js";
import { toPcm16 } from "../../src/sound/formats.js";
import { importPrompts, MAX_ARCHIVE_BYTES } from "../../src/prompts/import.js";
import { heardPrompt } from "../../src/prompts/resolve.js";
import { isReplaceable } from "../../src/prompts/library.js";
import { runBounded } from "../../src/run-bounded.js";
import { packTar, type TarEntry, unpackTar } from "../../src/prompts/tar.js";
import { writeWave } from "../../src/sound/wave.js";
import { keyOf, LibraryFixture, refusal } from "./library-fixture.js";
import { speechLike } from "./speech-like.js";

const SHOP = { clientId: "shop", set: "shop", all: false };

describe("an archive of prompts", () => {
  let fixture: LibraryFixture;

  beforeEach(async () => {
    fixture = await LibraryFixture.open();
  });

  afterEach(() => fixture.close());

  /** What is exported of `shop`, unpacked: to be changed and packed again. */
  async function entries(): Promise<{ manifest: ArchiveManifest; files: TarEntry[] }> {
    await fixture.set(keyOf("company-name", "shop"), 1);
    await fixture.set(keyOf("greeting", "shop", "en"), 2);
    const [first, ...files] = unpackTar(gunzipSync(await exportPrompts(fixture.library, SHOP)));
    return { manifest: JSON.parse(first!.bytes.toString()) as ArchiveManifest, files };
  }

  function pack(manifest: unknown, files: readonly TarEntry[]): Buffer {
    const bytes = Buffer.from(JSON.stringify(manifest));
    return gzipSync(packTar([{ name: "manifest.json", bytes }, ...files], 0));
  }

  async function refused(archive: Buffer, why: string, code = "archive_invalid"): Promise<void> {
    const before = await readdir(fixture.library.dir).catch(() => []);
    const { message } = await refusal(importPrompts(fixture.library, "bank", archive, "x"), code);
    expect(message).to.contain(why);
    for (const key of [keyOf("company-name", "bank"), keyOf("greeting", "bank", "en")]) {
      expect((await heardPrompt(fixture.library, key)).source, "nothing was changed").to.equal("shipped");
    }
    expect(await readdir(fixture.library.dir).catch(() => [])).to.deep.equal(before);
  }

  it("carries a client's own versions to another, byte for byte, with their texts", async () => {
    await entries();
    const archive = await exportPrompts(fixture.library, SHOP);
    const { added, unchanged } = await importPrompts(fixture.library, "bank", archive, "Suzuki");
    expect(unchanged).to.equal(0);
    expect(added.map(({ prompt_id, locale }) => `${locale}/${prompt_id}`)).to.deep.equal([
      "ja/company-name",
      "en/greeting",
    ]);
    for (const [id, locale] of [
      ["company-name", "ja"],
      ["greeting", "en"],
    ] as const) {
      const shop = await heardPrompt(fixture.library, keyOf(id, "shop", locale));
      const bank = await heardPrompt(fixture.library, keyOf(id, "bank", locale));
      expect(bank).to.include({ source: "client", text: shop.text, durationMs: shop.durationMs });
      expect(bank.activeLevel).to.be.closeTo(shop.activeLevel!, 0.11);
      expect(await fixture.heard(keyOf(id, "bank", locale))).to.deep.equal(
        await fixture.heard(keyOf(id, "shop", locale)),
      );
    }
    expect(added[0]).to.include({
      origin: "import",
      created_by: "Suzuki",
      source_name: "ja/company-name.wav",
    });
  });

  it("adds nothing where all is current already", async () => {
    await entries();
    const archive = await exportPrompts(fixture.library, SHOP);
    const again = await importPrompts(fixture.library, "shop", archive, "x");
    expect(again).to.deep.equal({ added: [], unchanged: 2 });
  });

  it("takes everything that is heard when asked, shipped sounds too", async () => {
    const archive = await exportPrompts(fixture.library, { ...SHOP, all: true });
    const { added } = await importPrompts(fixture.library, "bank", archive, "x");
    const spoken = fixture.library.catalogues.ja.prompts.filter(isReplaceable);
    expect(added).to.have.length(2 * spoken.length);
  });

  it("is one that tar can list, and one that tar packed can be imported", async () => {
    const { manifest, files } = await entries();
    const dir = fixture.dataDir;
    const run = async (args: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await runBounded("tar", args, { deadlineMs: 20_000, maxBytes: 1e6 });
      expect(code, stderr).to.equal(0);
      return stdout.toString();
    };
    const archive = path.join(dir, "shop.tar.gz");
    await writeFile(archive, pack(manifest, files));
    expect((await run(["-tzf", archive])).split("\n")).to.include("ja/company-name.wav");
    await run(["-C", dir, "-xzf", archive, "--one-top-level=unpacked"]);
    await run(["-C", path.join(dir, "unpacked"), "-czf", path.join(dir, "again.tar.gz"), "."]);
    const again = await importPrompts(
      fixture.library,
      "bank",
      await readFile(path.join(dir, "again.tar.gz")),
      "x",
    );
    expect(again.added).to.have.length(2);
  });

  it("is not made of a set that has nothing of its own", async () => {
    await refusal(exportPrompts(fixture.library, SHOP), "nothing_to_export");
  });

  describe("is refused, and nothing is changed,", () => {
    it("when it is no archive, or cut off", async () => {
      await refused(Buffer.from("nothing"), "not compressed by gzip");
      await refused(gzipSync(Buffer.from("nothing".repeat(500))), "no tar archive");
      const { manifest, files } = await entries();
      const whole = pack(manifest, files);
      await refused(whole.subarray(0, whole.length - 100), "not compressed by gzip, or damaged");
      await refused(gzipSync(gunzipSync(whole).subarray(0, 6000)), "cut off");
    });

    for (const name of [
      "../company-name.wav",
      "/etc/company-name.wav",
      "ja/../../x.wav",
      "ja/a/b.wav",
      "ja\\x.wav",
      "ja/.hidden",
      "..",
      "ja/a b.wav",
    ]) {
      it(`when it holds the name ${name}`, async () => {
        const { manifest, files } = await entries();
        await refused(pack(manifest, [...files, { name, bytes: Buffer.from("x") }]), "a name with a path");
      });
    }

    for (const [what, type] of [
      ["a symbolic link", "2"],
      ["a hard link", "1"],
      ["a device", "3"],
      ["a long name", "L"],
    ] as const) {
      it(`when it holds ${what}`, async () => {
        const { manifest, files } = await entries();
        const tar = gunzipSync(pack(manifest, files));
        const at = tar.indexOf("ja/company-name.wav\0");
        tar.write(type, at + 156, "latin1");
        const sum = tar
          .subarray(at, at + 512)
          .reduce((s, byte, i) => s + (i >= 148 && i < 156 ? 32 : byte), 0);
        tar.write(sum.toString(8).padStart(6, "0"), at + 148, "latin1");
        await refused(gzipSync(tar), "a link or something else");
      });
    }

    it("when a header is damaged", async () => {
      const { manifest, files } = await entries();
      const tar = gunzipSync(pack(manifest, files));
      tar.write("b", tar.indexOf("ja/company-name.wav\0"), "latin1");
      await refused(gzipSync(tar), "a header is damaged");
    });

    it("when it unpacks to more than it may, or has more to begin with", async () => {
      await refused(gzipSync(Buffer.alloc(170_000_000)), "160 MB unpacked", "archive_too_large");
      await refused(Buffer.alloc(MAX_ARCHIVE_BYTES + 1), "64 MB", "archive_too_large");
    });

    it("when it has a name twice, a file too much, one too few, or no manifest", async () => {
      const { manifest, files } = await entries();
      await refused(pack(manifest, [...files, files[0]!]), "the same name twice");
      await refused(
        pack(manifest, [...files, { name: "ja/goodbye.wav", bytes: Buffer.alloc(9) }]),
        "not in its manifest",
      );
      await refused(pack(manifest, files.slice(1)), "it has no ja/company-name.wav");
      await refused(gzipSync(packTar(files, 0)), "it has no manifest.json");
    });

    it("when its manifest is wrong", async () => {
      const { manifest, files } = await entries();
      const [first, second] = manifest.prompts;
      await refused(pack({ ...manifest, format: "other" }, files), "its manifest is wrong at format");
      await refused(pack({ ...manifest, prompts: [first, second, first] }, files), "stands twice");
      const other = { ...first!, file: "ja/greeting.wav" };
      await refused(pack({ ...manifest, prompts: [other, second] }, files), "it has no ja/company-name.wav");
      const text = "x".repeat(501);
      await refused(
        pack({ ...manifest, prompts: [{ ...first!, text }, second] }, files),
        "A text has 1 to 500",
      );
      const sha256 = "0".repeat(64);
      await refused(
        pack({ ...manifest, prompts: [first, { ...second!, sha256 }] }, files),
        "does not match its checksum",
      );
    });

    async function withSound(bytes: Buffer, id = "company-name", why = ""): Promise<void> {
      const { manifest, files } = await entries();
      const name = `ja/${id}.wav`;
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const first = { ...manifest.prompts[0]!, id, file: name, sha256 };
      const prompts = [first, manifest.prompts[1]!];
      await refused(pack({ ...manifest, prompts }, [{ name, bytes }, files[1]!]), why);
    }

    it("when a sound is none, of another rate, too loud, too short", async () => {
      await withSound(Buffer.from("noise"), "company-name", "no WAV of 16 bit at 8 kHz");
      const at16 = writeWave({ rate: 16_000, pcm: toPcm16(speechLike(1, 1, 16_000)) });
      await withSound(at16, "company-name", "no WAV of 16 bit at 8 kHz");
      const loud = writeWave({ rate: 8000, pcm: toPcm16(speechLike(1, 1, 8000, 1)) });
      await withSound(loud, "company-name", "its level is");
      const short = writeWave({ rate: 8000, pcm: toPcm16(speechLike(1, 0.3, 8000, 0.3)) });
      await withSound(short, "company-name", "200 are the least");
    });

    it("when a prompt is unknown or a silence", async () => {
      const sound = writeWave({ rate: 8000, pcm: toPcm16(speechLike(1, 1, 8000, 0.3)) });
      await withSound(sound, "company-names", "There is no prompt company-names");
      await withSound(sound, "pause-short", "pause-short is a silence");
    });
  });
});
