import { expect } from "chai";
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from "kysely";
import { countCallBacks } from "../../src/store/call-backs.js";
import { findEnrollment } from "../../src/store/enrollments.js";
import type { Schema } from "../../src/store/schema.js";
import { runsBy } from "../../src/store/session.js";
import { Store } from "../../src/store/store.js";
import {
  findVerification,
  findVerificationBySeq,
  updateVerification,
} from "../../src/store/verifications.js";
import { tempDir } from "../support/temp-dir.js";

/** A database of another dialect, in which several write at a time; it keeps the texts that it is given. */
function writerOfAnother(holdsRows: boolean): { db: Kysely<Schema>; asked: string[] } {
  const asked: string[] = [];
  const db = new Kysely<Schema>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (own) => new PostgresIntrospector(own),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
  runsBy(db, {
    manners: { holdsRows, plansBySyntax: false, answersAtOnce: false },
    run: (sql) => {
      asked.push(sql);
      return Promise.resolve([]);
    },
  });
  return { db, asked };
}

describe("a query of the store", () => {
  const NUMBER = { client_id: "a", number_index: Buffer.alloc(32) };

  it("is written in the dialect of the database that it is given to, whichever was asked first", async () => {
    const dir = await tempDir();
    const store = await Store.open(dir.path);
    try {
      expect(await findVerificationBySeq(store.read, 1)).to.equal(undefined);
      const { db, asked } = writerOfAnother(false);
      await findVerificationBySeq(db, 1);
      expect(asked).to.deep.equal(['select * from "verifications" where "seq" = $1']);
      expect(await findVerificationBySeq(store.read, 1)).to.equal(undefined);
    } finally {
      await store.close();
      await dir.remove();
    }
  });

  it("holds the row that is to be changed, where several write at a time", async () => {
    const { db, asked } = writerOfAnother(true);
    await findVerification(db, "a", "v1");
    await findVerificationBySeq(db, 1);
    await findEnrollment(db, "a", "e1");
    expect(asked.map((sql) => sql.endsWith(" for update"))).to.deep.equal([true, true, true]);
    await updateVerification(db, { seq: 1 }, { status: "canceled", next_attempt_at: null }, 0);
    expect(asked.at(-1)).not.to.include("for update");
  });

  it("tells only that planner which index to leave that plans by how the query is written", async () => {
    const { db, asked } = writerOfAnother(true);
    await countCallBacks(db, NUMBER, 0);
    expect(asked.join()).to.include('where "verifications"."client_id" = $1');
  });
});
