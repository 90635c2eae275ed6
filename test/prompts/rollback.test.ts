import { expect } from "chai";
import { rollBack } from "../../src/prompts/roll-back.js";
import { heardPrompt } from "../../src/prompts/resolve.js";
import { listPromptVersions } from "../../src/store/prompts.js";
import { keyOf, LibraryFixture, refusal } from "./library-fixture.js";

const KEY = keyOf("greeting", "shop");

describe("the history of a prompt", () => {
  let fixture: LibraryFixture;

  beforeEach(async () => {
    fixture = await LibraryFixture.open();
  });

  afterEach(() => fixture.close());

  async function heard(): Promise<string> {
    const { source, version } = await heardPrompt(fixture.library, KEY);
    return `${source} ${version ?? ""}`.trim();
  }

  it("keeps every version, newest first, of which one is current", async () => {
    for (const seed of [1, 2, 3]) await fixture.set(KEY, seed);
    const history = await listPromptVersions(fixture.library.store.read, KEY);
    expect(history.map(({ version, current }) => [version, current])).to.deep.equal([
      [3, 1],
      [2, 0],
      [1, 0],
    ]);
  });

  it("goes back to the version before, then to that before it, then to none, and no further", async () => {
    const first = await fixture.set(KEY, 1);
    const second = await fixture.set(KEY, 2);
    await fixture.set(KEY, 3);
    const back = await rollBack(fixture.library, KEY, undefined, "Suzuki");
    expect(back).to.include({ version: 4, origin: "rollback", restores: 2, sound: second.sound });
    expect(back).to.include({ created_by: "Suzuki", wav_sha256: second.wav_sha256 });
    expect(await rollBack(fixture.library, KEY, undefined, "x")).to.include({
      restores: 1,
      sound: first.sound,
    });
    expect(await rollBack(fixture.library, KEY, undefined, "x")).to.include({ restores: 0, sound: null });
    expect(await heard()).to.equal("shipped");
    await refusal(rollBack(fixture.library, KEY, undefined, "x"), "nothing_older");
  });

  it("goes to any version by its number, also to one that was a rollback itself", async () => {
    const first = await fixture.set(KEY, 1);
    await fixture.set(KEY, 2);
    await rollBack(fixture.library, KEY, 1, "x");
    await fixture.set(KEY, 4);
    expect(await rollBack(fixture.library, KEY, 3, "x")).to.include({ restores: 1, sound: first.sound });
    expect(await heard()).to.equal("client 5");
  });

  it("goes to 0: the default set is heard through", async () => {
    await fixture.set(keyOf("greeting"), 1);
    await fixture.set(KEY, 2);
    await rollBack(fixture.library, KEY, 0, "x");
    expect(await heard()).to.equal("default 1");
    await fixture.set(KEY, 3);
    expect(await heard()).to.equal("client 3");
  });

  it("refuses a version that there is not, and a prompt that was never changed", async () => {
    await refusal(rollBack(fixture.library, KEY, undefined, "x"), "nothing_older");
    await fixture.set(KEY, 1);
    await refusal(rollBack(fixture.library, KEY, 2, "x"), "no_such_version");
    await refusal(rollBack(fixture.library, keyOf("greet"), 1, "x"), "unknown_prompt");
    await refusal(rollBack(fixture.library, KEY, 1, ""), "by_invalid");
    expect(await heard()).to.equal("client 1");
  });

  it("refuses a version whose sound is gone or altered", async () => {
    const first = await fixture.set(KEY, 1);
    await fixture.set(KEY, 2);
    await fixture.damage(first, "altered");
    const altered = await refusal(rollBack(fixture.library, KEY, 1, "x"), "sound_missing");
    expect(altered.message).to.contain("its sound was altered");
    await fixture.damage(first, "missing");
    await refusal(rollBack(fixture.library, KEY, 1, "x"), "sound_missing");
    expect(await heard()).to.equal("client 2");
  });

  it("numbers versions one by one though two admins set at once", async () => {
    await Promise.all([1, 2, 3].map((seed) => fixture.set(KEY, seed)));
    const history = await listPromptVersions(fixture.library.store.read, KEY);
    expect(history.map(({ version }) => version)).to.deep.equal([3, 2, 1]);
    expect(history.filter(({ current }) => current === 1)).to.have.length(1);
  });
});
