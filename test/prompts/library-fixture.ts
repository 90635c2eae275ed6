import path from "node:path";
import { expect } from "chai";
import { encode, fromPcm16 } from "../../src/sound/formats.js";
import { openPromptLibrary, type PromptLibrary } from "../../src/prompts/library.js";
import { setRecording } from "../../src/prompts/recordings.js";
import { PromptRefusal } from "../../src/prompts/prompt-refusal.js";
import { heardPrompt, heardWave } from "../../src/prompts/resolve.js";
import { readWave } from "../../src/sound/wave.js";
import { insertClient } from "../../src/store/clients.js";
import { findPromptSound, keepPromptSound } from "../../src/store/prompt-sounds.js";
import type { PromptKey, PromptVersionRow } from "../../src/store/prompts.js";
import type { Store } from "../../src/store/store.js";
import { PROJECT_DIR } from "../phones/programs.js";
import { openStore } from "../support/test-database.js";
import { tempDir } from "../support/temp-dir.js";
import { ffmpeg, wavOf } from "./recording-files.js";
import { speechLike } from "./speech-like.js";

export const SHIPPED = path.join(PROJECT_DIR, "sounds");

/** Prompts over a real database, with the clients `shop` and `bank`. */
export class LibraryFixture {
  readonly library: PromptLibrary;
  readonly dataDir: string;
  readonly #remove: () => Promise<void>;

  private constructor(library: PromptLibrary, dataDir: string, remove: () => Promise<void>) {
    this.library = library;
    this.dataDir = dataDir;
    this.#remove = remove;
  }

  static async open(soundsDir = SHIPPED): Promise<LibraryFixture> {
    const dir = await tempDir();
    const store = await openStore(dir.path);
    for (const id of ["shop", "bank"]) {
      await store.write((db) => insertClient(db, { id, name: id, created_at: Date.now() }));
    }
    const library = openPromptLibrary(store, path.join(dir.path, "prompts"), soundsDir);
    return new LibraryFixture(library, dir.path, async () => {
      await store.close();
      await dir.remove();
    });
  }

  close(): Promise<void> {
    return this.#remove();
  }

  /** Sets a recording; default: a second of the speech of this seed. */
  async set(
    key: PromptKey,
    seed: number,
    bytes = wavOf(speechLike(seed, 1, 16_000), 16_000),
  ): Promise<PromptVersionRow> {
    return setRecording(this.library, ffmpeg, key, { name: `${seed}.wav`, bytes }, "tester");
  }

  /** The samples of what is heard. */
  async heard(key: PromptKey): Promise<Float64Array> {
    const wav = await heardWave(this.library, await heardPrompt(this.library, key));
    if (wav === undefined) throw new Error(`there is no sound of ${key.id}`);
    return fromPcm16(readWave(wav).pcm);
  }

  /** Has the database lose a sound, or hold other bytes of it. */
  async damage({ sound }: PromptVersionRow, how: "missing" | "altered"): Promise<void> {
    await damageSound(this.library.store, sound ?? "", how);
  }
}

export async function damageSound(store: Store, sha256: string, how: "missing" | "altered"): Promise<void> {
  await store.write(async (db) => {
    if (how === "missing") await db.deleteFrom("prompt_sounds").where("sha256", "=", sha256).execute();
    else await keepPromptSound(db, sha256, Buffer.from("other"));
  });
}

/** A sound as the telephone hears it. */
export async function ulawOf(store: Store, sha256: string): Promise<Buffer> {
  const wav = await findPromptSound(store.read, sha256);
  if (wav === undefined) throw new Error("there is no such sound");
  return encode(readWave(wav).pcm, "ulaw");
}

export function keyOf(id: string, clientId: string | null = null, locale: "ja" | "en" = "ja"): PromptKey {
  return { clientId, locale, id };
}

/** Expects a refusal, and returns it. */
export async function refusal(of: Promise<unknown>, code: string): Promise<PromptRefusal> {
  try {
    await of;
  } catch (error) {
    if (!(error instanceof PromptRefusal)) throw error;
    expect(error.code, error.message).to.equal(code);
    return error;
  }
  return expect.fail(`${code} was expected, and nothing was refused`);
}
