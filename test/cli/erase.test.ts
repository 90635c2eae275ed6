import { expect } from "chai";
import { Store } from "../../src/store/store.js";
import { insertVerification } from "../../src/store/verifications.js";
import { tempDir } from "../support/temp-dir.js";
import { NUMBER, verificationRow } from "../support/verification-rows.js";
import { HonninCommand, setUp } from "./honnin-command.js";

describe("honnin erase", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;

  before(setUp);
  beforeEach(async () => {
    dir = await tempDir();
  });
  afterEach(() => dir.remove());

  it("erases a number that somebody means, beside whoever has the database open, and repeats it nowhere", async () => {
    const store = await Store.open(dir.path);
    try {
      await store.write(async (db) => {
        await db.insertInto("clients").values({ id: "a", name: "a", created_at: 0 }).execute();
        const ended = {
          status: "verified" as const,
          completed_at: 1,
          next_attempt_at: null,
          code_hash: null,
        };
        await insertVerification(db, { ...verificationRow(store, "a", "one", 0), ...ended });
        await insertVerification(db, verificationRow(store, "a", "open", 0));
      });
      const erase = async (code: number, ...args: string[]): Promise<string> => {
        const outcome = await HonninCommand.run(dir.path, ["erase", ...args]);
        expect(outcome.code, outcome.stderr).to.equal(code);
        expect(outcome.stdout + outcome.stderr).to.not.contain(NUMBER.slice(3));
        return outcome.stdout;
      };
      const rows = (): Promise<{ id: string }[]> =>
        store.read.selectFrom("verifications").select("id").execute();
      await erase(2, "09012345678");
      await erase(2, "09012345678x", "--yes");
      await erase(2, "-", "--yes");
      expect((await rows()).map(({ id }) => id)).to.have.members(["one", "open"]);
      const done = JSON.parse(await erase(1, "090-1234-5678", "--yes", "--json", "--by", "sato")) as object;
      expect(done).to.include({ verifications: 1, open: true });
      expect((await rows()).map(({ id }) => id))
        .to.include("open")
        .and.not.include("one");
    } finally {
      await store.close();
    }
  });
});
