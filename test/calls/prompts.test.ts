import { randomBytes, randomUUID } from "node:crypto";
import { readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { insertApiKey } from "../../src/store/api-keys.js";
import { insertClient, listClients } from "../../src/store/clients.js";
import { listPromptVersions } from "../../src/store/prompts.js";
import { HonninCommand, setUp } from "../cli/honnin-command.js";
import { promptsIn } from "../phones/ear.js";
import { knownPrompt, type KnownPrompt, PromptIndex } from "../phones/prompt-index.js";
import { PROJECT_DIR } from "../phones/programs.js";
import type { SippPhone } from "../phones/sipp.js";
import { ulawOf } from "../prompts/library-fixture.js";
import { mp3Of, RATE } from "../prompts/recording-files.js";
import { speechLike } from "../prompts/speech-like.js";
import { HttpsClient } from "../support/https-client.js";
import { CallService } from "./call-service.js";
import { Stories } from "./stories.js";
import { openStore } from "../support/test-database.js";

const CODE = "271828";
const DID_UNKNOWN = "0312340000";

const stories = new Stories<CallService>();
const story = stories.tell.bind(stories);

/** One company of several: its server, and the person who looks after its prompts. */
class Company {
  readonly #calls: CallService;
  readonly #name: string;
  readonly #api: HttpsClient;

  private constructor(calls: CallService, name: string, api: HttpsClient) {
    this.#calls = calls;
    this.#name = name;
    this.#api = api;
  }

  static async found(calls: CallService, name: string): Promise<Company> {
    const store = await openStore(calls.dataDir);
    const { key } = await store.write(async (db) => {
      const id = `cli_${randomUUID()}`;
      await insertClient(db, { id, name, created_at: Date.now() });
      return insertApiKey(db, { clientId: id, label: "", now: Date.now(), expiresAt: null });
    });
    await store.close();
    return new Company(calls, name, new HttpsClient(calls.service.apiUrl, key, calls.service.certFile));
  }

  /** By the command, in a process of its own, with an MP3 of this seed's sound; what telephones will hear of it. */
  async set(id: string, seed: number): Promise<KnownPrompt> {
    return setByCommand(this.#calls, id, seed, ["--client", this.#name]);
  }

  /** The name of the current one's sound. */
  async soundOf(id: string): Promise<string> {
    const store = await openStore(this.#calls.dataDir);
    try {
      const clients = await listClients(store.read);
      const clientId = clients.find(({ name }) => name === this.#name)?.id ?? null;
      const [version] = await listPromptVersions(store.read, { clientId, locale: "ja", id });
      return version?.sound ?? "";
    } finally {
      await store.close();
    }
  }

  async rollBack(id: string): Promise<void> {
    await honnin(this.#calls, ["prompts", "rollback", id, "--client", this.#name]);
  }

  /** Calls a telephone that answers; resolves when the greeting has begun. */
  async call(): Promise<{ phone: SippPhone; id: string }> {
    const { phone, number } = await this.#calls.phone("answers");
    const body = { phone_number: number, code: CODE };
    const { json } = await this.#api.post("/v1/verifications", body);
    await phone.answered();
    await phone.heard.speech();
    return { phone, id: String(json["id"]) };
  }

  close(): void {
    this.#api.close();
  }
}

async function honnin(calls: CallService, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await HonninCommand.run(calls.dataDir, args, await calls.settings());
  expect(code, stderr).to.equal(0);
  return stdout;
}

async function setByCommand(
  calls: CallService,
  id: string,
  seed: number,
  of: readonly string[] = [],
): Promise<KnownPrompt> {
  const file = path.join(calls.dataDir, `recording-${seed}.mp3`);
  await writeFile(file, await mp3Of(speechLike(seed, 1.5, RATE)));
  await honnin(calls, ["prompts", "set", id, file, ...of]);
  return known(`recording-${seed}`, await currentSound(calls, id, seed));
}

async function currentSound(calls: CallService, id: string, seed: number): Promise<Buffer> {
  const store = await openStore(calls.dataDir);
  try {
    const { sound } = await store.read
      .selectFrom("prompt_versions")
      .select("sound")
      .where("prompt_id", "=", id)
      .where("source_name", "=", `recording-${seed}.mp3`)
      .where("current", "=", 1)
      .executeTakeFirstOrThrow();
    return await ulawOf(store, sound!);
  } finally {
    await store.close();
  }
}

async function shippedSound(id: string): Promise<KnownPrompt> {
  return known(`shipped ${id}`, await readFile(path.join(PROJECT_DIR, "sounds/ja", `${id}.ulaw`)));
}

function known(name: string, sound: Buffer): KnownPrompt {
  const prompt = knownPrompt("", name, sound, "ulaw");
  if (prompt === undefined) throw new Error(`there is no sound of ${name}`);
  return prompt;
}

/** Keys the code and hears the call to its end. */
async function finish(calls: CallService, { phone, id }: { phone: SippPhone; id: string }): Promise<void> {
  await phone.press(CODE);
  await calls.happened(id, "ruled");
  await phone.hungUpOn();
  await calls.happened(id, "ended");
}

/** Of these, what is current was heard once, and none of the others. */
function expectHeard(phone: SippPhone, current: KnownPrompt, others: readonly KnownPrompt[]): void {
  const index = new PromptIndex([current, ...others]);
  const heard = promptsIn(phone.heard.packets, () => index);
  expect(heard.map(({ id }) => id)).to.deep.equal([current.id]);
}

story(
  "set, heard by the next call; a call in progress keeps the old; rolled back, heard again",
  async (calls) => {
    const company = await Company.found(calls, "round-trip");
    const shipped = await shippedSound("verified");
    const first = await company.set("verified", 101);
    const before = await company.call();
    // Changed while the call is in progress, before the prompt is due in it.
    const second = await company.set("verified", 102);
    await finish(calls, before);
    expectHeard(before.phone, first, [second, shipped]);
    const after = await company.call();
    await finish(calls, after);
    expectHeard(after.phone, second, [first, shipped]);
    await company.rollBack("verified");
    const back = await company.call();
    await finish(calls, back);
    expectHeard(back.phone, first, [second, shipped]);
    await company.rollBack("verified");
    const shippedAgain = await company.call();
    await finish(calls, shippedAgain);
    expectHeard(shippedAgain.phone, shipped, [first, second]);
    company.close();
  },
);

story(
  "two companies: the persons they call hear each its own name, and a third's the neutral one",
  async (calls) => {
    const companies = [];
    for (const name of ["shop", "bank", "club"]) companies.push(await Company.found(calls, name));
    const [shop, bank] = companies;
    const neutral = await shippedSound("company-name");
    const names = [await shop!.set("company-name", 201), await bank!.set("company-name", 202), neutral];
    await Promise.all(
      companies.map(async (company, i) => {
        const call = await company.call();
        await calls.happened(call.id, "listening");
        await finish(calls, call);
        expectHeard(
          call.phone,
          names[i]!,
          names.filter((_, other) => other !== i),
        );
        company.close();
      }),
    );
  },
);

story("the default set's version, heard by a caller of whom nothing is known", async (calls) => {
  const own = await setByCommand(calls, "unknown-number", 301);
  const phone = await calls.caller("calls", { to: DID_UNKNOWN, from: "0399998888" });
  await phone.hungUpOn();
  expectHeard(phone, own, [await shippedSound("unknown-number")]);
});

story(
  "files that are gone or damaged while the service runs, brought again for the next call",
  async (calls) => {
    const company = await Company.found(calls, "careless");
    const own = await company.set("verified", 401);
    const shipped = await shippedSound("verified");
    const dir = path.join(calls.dataDir, "prompts");
    const next = async (): Promise<void> => {
      const call = await company.call();
      await finish(calls, call);
      expectHeard(call.phone, own, [shipped]);
    };
    await next();
    const folder = path.join(dir, await company.soundOf("verified"));
    await rm(folder, { recursive: true });
    await next();
    // As loud as noise, and as long.
    const ulaw = path.join(folder, "verified.ulaw");
    await writeFile(ulaw, randomBytes((await stat(ulaw)).size));
    await next();
    company.close();
  },
);

describe("prompts that were changed, on real calls", function () {
  this.timeout(240_000);
  let calls: CallService | undefined;

  before(async () => {
    await setUp();
    // Longer than keys take to come: what is heard is to be heard to its end.
    calls = await CallService.start(
      { HONNIN_DIDS: DID_UNKNOWN, HONNIN_FIRST_KEY_SECONDS: "8" },
      { sounds: "shipped" },
    );
    stories.playOn(calls);
  });

  after(async () => {
    await stories.over();
    await calls?.stop();
  });

  stories.report();
});
