import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { decodeUlaw } from "../phones/g711.js";
import { RECORDING } from "../../src/prompts/recording-limits.js";
import { setRecording } from "../../src/prompts/recordings.js";
import { heardPrompt, listHeard } from "../../src/prompts/resolve.js";
import { listPromptVersions } from "../../src/store/prompts.js";
import { LocalSounds } from "../../src/prompts/local-sounds.js";
import { keyOf, LibraryFixture, refusal } from "./library-fixture.js";
import { encodedBy, ffmpeg, mp3Of, RATE, wavOf } from "./recording-files.js";
import { likeness, speechLike } from "./speech-like.js";

const KEY = keyOf("company-name");

describe("a recording in the place of a prompt", () => {
  let fixture: LibraryFixture;

  beforeEach(async () => {
    fixture = await LibraryFixture.open();
  });

  afterEach(() => fixture.close());

  async function refused(bytes: Buffer, code: string): Promise<string> {
    const { message } = await refusal(fixture.set(KEY, 0, bytes), code);
    expect(await listPromptVersions(fixture.library.store.read, KEY), "nothing was changed").to.have.length(
      0,
    );
    const left = await readdir(fixture.library.dir).catch(() => []);
    expect(left, "nothing lies about").to.have.length(0);
    return message;
  }

  for (const [name, args] of [
    ["WAV, 16 bit", null],
    ["WAV, 24 bit, stereo", ["-ac", "2", "-c:a", "pcm_s24le", "-f", "wav"]],
    ["WAV, ADPCM of Microsoft", ["-c:a", "adpcm_ms", "-f", "wav"]],
    ["WAV, ADPCM of the IMA", ["-c:a", "adpcm_ima_wav", "-f", "wav"]],
    ["WAV, GSM as Asterisk records it (wav49)", ["-ar", "8000", "-c:a", "libgsm_ms", "-f", "wav"]],
    ["WAV, stereo, one channel the wrong way round", ["-af", "pan=stereo|c0=c0|c1=-1*c0", "-f", "wav"]],
    [
      "WAV, stereo, one channel the wrong way round and softer",
      ["-af", "pan=stereo|c0=0.9*c0|c1=-1*c0", "-f", "wav"],
    ],
    ["WAV, stereo, one channel silent", ["-af", "pan=stereo|c0=0*c0|c1=c0", "-f", "wav"]],
    ["WAV, six channels", ["-ac", "6", "-f", "wav"]],
    ["MP3", ["-b:a", "192k", "-f", "mp3"]],
    ["M4A with AAC", ["-b:a", "160k", "-movflags", "frag_keyframe+empty_moov", "-f", "ipod"]],
    ["M4A with ALAC", ["-c:a", "alac", "-movflags", "frag_keyframe+empty_moov", "-f", "ipod"]],
    ["Ogg with Vorbis", ["-c:a", "libvorbis", "-q:a", "8", "-f", "ogg"]],
    ["Ogg with Opus", ["-c:a", "libopus", "-b:a", "128k", "-f", "ogg"]],
    ["FLAC", ["-f", "flac"]],
  ] as const) {
    it(`may be ${name}, and is the same sound afterwards`, async () => {
      const wav = wavOf(speechLike(7, 1.5, RATE));
      await fixture.set(KEY, 7, args === null ? wav : await encodedBy(wav, args));
      const kept = await fixture.heard(KEY);
      // Shifted by parts of a sample, and its phases turned by the filters: never quite 1.
      expect(likeness(speechLike(7, 1.5, 8000), kept)).to.be.above(0.75);
      expect(likeness(speechLike(8, 1.5, 8000), kept), "of another sound").to.be.below(0.4);
    });
  }

  it("names the encoding of a WAV file that it cannot read", async () => {
    const message = await refused(
      await encodedBy(wavOf(speechLike(7, 1.5, RATE)), ["-ac", "1", "-c:a", "wmav2", "-f", "wav"]),
      "not_audio",
    );
    expect(message).to.contain("encoding 0x0161");
  });

  it("gets the level of all prompts, however loud it was", async () => {
    for (const peak of [0.02, 0.9]) {
      const row = await fixture.set(KEY, 1, wavOf(speechLike(1, 2, RATE, peak)));
      expect(row.active_level).to.be.within(-19.1, -18.9);
      expect(row.peak).to.be.at.most(-3.5);
    }
  });

  it("loses the silence around it, and a sentence gets its pause", async () => {
    const speech = speechLike(2, 1, RATE);
    const padded = new Float64Array(speech.length + 4 * RATE);
    padded.set(speech, 2 * RATE);
    const sentence = await fixture.set(KEY, 2, wavOf(padded));
    // 30 ms before, 40 ms after, 140 ms of pause; the ends of the speech are soft.
    expect(sentence.duration_ms).to.be.within(1160, 1220);
    const word = await fixture.set(keyOf("digit-1"), 2, wavOf(padded));
    expect(word.duration_ms).to.equal(sentence.duration_ms! - 140);
  });

  it("is kept in the database, once however often it is set, and is a file in every format for calls", async () => {
    const { dir, store } = fixture.library;
    const first = await fixture.set(KEY, 3);
    const again = await fixture.set(keyOf("company-name", "shop"), 3);
    expect(again.sound).to.equal(first.sound);
    const kept = await store.read.selectFrom("prompt_sounds").select("sha256").execute();
    expect(kept).to.deep.equal([{ sha256: first.sound }]);
    const sounds = new LocalSounds(store, dir);
    const file = await sounds.bring({ sound: first.sound!, id: KEY.id });
    const folder = path.join(dir, first.sound!);
    const files = await readdir(folder);
    expect(files.sort()).to.deep.equal(["company-name.alaw", "company-name.ulaw", "company-name.wav"]);
    for (const place of [dir, folder]) expect((await stat(place)).mode & 0o777).to.equal(0o700);
    for (const name of files) expect((await stat(path.join(folder, name))).mode & 0o777).to.equal(0o600);
    const pcm = decodeUlaw(await readFile(`${file}.ulaw`));
    expect(pcm.length / 8).to.be.closeTo(first.duration_ms!, 1);
  });

  it("remembers who, when, from which file, how long and how loud", async () => {
    const bytes = await mp3Of(speechLike(5, 1, RATE));
    const recording = { name: "会社名.mp3", bytes, text: "こちらは、ほんにん商店です。" };
    const row = await setRecording(fixture.library, ffmpeg, KEY, recording, "Suzuki");
    expect(row).to.include({ version: 1, current: 1, origin: "recording", created_by: "Suzuki" });
    expect(row).to.include({ source_name: "会社名.mp3", text: "こちらは、ほんにん商店です。" });
    expect(row.created_at).to.be.closeTo(Date.now(), 60_000);
    expect(row.wav_sha256).to.match(/^[0-9a-f]{64}$/);
  });

  it("is heard by a client before the default set's, and that before the shipped one", async () => {
    const shop = keyOf("company-name", "shop");
    expect((await heardPrompt(fixture.library, shop)).source).to.equal("shipped");
    await fixture.set(KEY, 5);
    expect((await heardPrompt(fixture.library, shop)).source).to.equal("default");
    await fixture.set(shop, 6);
    expect((await heardPrompt(fixture.library, shop)).source).to.equal("client");
    expect((await heardPrompt(fixture.library, keyOf("company-name", "bank"))).source).to.equal("default");
    const english = await listHeard(fixture.library, "shop", "en");
    expect(english.every(({ source }) => source === "shipped")).to.be.true;
  });

  describe("is refused", () => {
    it("when it is no sound", async () => {
      await refused(Buffer.from("こんにちは".repeat(1000)), "not_audio");
      await refused(Buffer.alloc(0), "not_audio");
      await refused(wavOf(speechLike(1, 1, RATE)).subarray(0, 44), "not_audio");
    });

    it("when it is a picture, a film's container without sound, or a list of other files", async () => {
      const wav = wavOf(speechLike(1, 1, RATE));
      const picture = [
        "-filter_complex",
        "color=red:s=16x16",
        "-frames:v",
        "1",
        "-c:v",
        "png",
        "-f",
        "image2pipe",
      ];
      await refused(await encodedBy(wav, picture), "not_audio");
      const film = ["-filter_complex", "color=red:s=16x16:d=1", "-c:v", "mpeg4", "-an"];
      await refused(
        await encodedBy(wav, [...film, "-movflags", "frag_keyframe+empty_moov", "-f", "mp4"]),
        "not_audio",
      );
      await refused(Buffer.from("ffconcat version 1.0\nfile '/etc/passwd'\n"), "not_audio");
      await refused(Buffer.from("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:1/x.mp3\n"), "not_audio");
    });

    it("when its container is none of the five", async () => {
      await refused(await encodedBy(wavOf(speechLike(1, 1, RATE)), ["-f", "matroska"]), "not_audio");
    });

    it("when it lasts longer than 60 s, be it by a second of silence", async () => {
      await refused(wavOf(speechLike(1, 60.5, 8000), 8000), "too_long");
      const row = await fixture.set(KEY, 1, wavOf(speechLike(1, 59.9, 8000), 8000));
      expect(row.duration_ms).to.be.within(59_000, 60_300);
    });

    it("when too little is left without the silence around it", async () => {
      const click = new Float64Array(RATE);
      click.set(speechLike(1, 0.09, RATE), RATE / 2);
      expect(await refused(wavOf(click), "too_short")).to.match(/there are \d+ ms left; 200/);
    });

    it("when it is silent, or so soft that it would have to be raised out of the noise", async () => {
      await refused(wavOf(new Float64Array(2 * RATE)), "silent");
      await refused(wavOf(speechLike(1, 2, RATE, 0.003)), "silent");
    });

    it("when it clips: more than 0.1 % at full scale", async () => {
      const loud = speechLike(1, 2, RATE, 3).map((sample) => Math.max(-1, Math.min(1, sample)));
      expect(await refused(wavOf(loud), "clipped")).to.match(/\d+\.\d % of it is at full scale/);
      // A single peak that touches the top is no clipping.
      await fixture.set(KEY, 1, wavOf(speechLike(1, 2, RATE, 0.999)));
    });

    it("when a number in it is none", async () => {
      const wav = await encodedBy(wavOf(speechLike(1, 1, RATE)), ["-c:a", "pcm_f32le", "-f", "wav"]);
      wav.writeFloatLE(NaN, wav.length - 4000);
      await refused(wav, "not_audio");
    });

    it("when it has more than 20 MB, before anything reads it", async () => {
      await refused(Buffer.alloc(RECORDING.maxFileBytes + 1), "file_too_large");
    });

    it("for a prompt that there is not, for a silence, under a name with a path, by nobody", async () => {
      await refusal(fixture.set(keyOf("company-names"), 1), "unknown_prompt");
      await refusal(fixture.set(keyOf("../company-name"), 1), "path_in_name");
      await refusal(fixture.set(keyOf("pause-short"), 1), "prompt_is_silence");
      await refusal(fixture.set(keyOf("apology"), 1), "prompt_is_fixed");
      const bytes = wavOf(speechLike(1, 1, RATE));
      const from = (name: string, by = "x"): Promise<unknown> =>
        setRecording(fixture.library, ffmpeg, KEY, { name, bytes }, by);
      await refusal(from("../x.wav"), "path_in_name");
      await refusal(from("x.wav", ""), "by_invalid");
      await refusal(from("x.wav", "a\nb"), "by_invalid");
    });

    it("when what it is said to say lacks a piece", async () => {
      const recording = { name: "x.wav", bytes: wavOf(speechLike(1, 1, RATE)), text: "認証番号をどうぞ。" };
      await refusal(
        setRecording(fixture.library, ffmpeg, keyOf("ask-code"), recording, "x"),
        "text_lacks_piece",
      );
    });
  });

  it("blames ffmpeg, and not the recording, when ffmpeg does not run", async () => {
    const broken = (): Promise<{ file: string; args: string[] }> =>
      Promise.resolve({ file: "/nonexistent/ffmpeg", args: [] });
    const recording = { name: "x.wav", bytes: wavOf(speechLike(1, 1, RATE)) };
    const failure = await setRecording(fixture.library, broken, KEY, recording, "x").catch((e: unknown) => e);
    expect(failure).to.include({ code: "decoder_broken" });
  });
});
