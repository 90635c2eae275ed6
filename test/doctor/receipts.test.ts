import { receiptsGroup } from "../../src/cli/doctor/receipts-group.js";
import { expect } from "chai";
import { Receipts } from "../../src/receipts/receipts.js";
import { StoreFixture } from "../support/store-fixture.js";
import { expectOnly, found } from "./found.js";

describe("honnin doctor, on the keys of receipts", () => {
  let fixture: StoreFixture;
  const look = (): ReturnType<typeof found> => found(receiptsGroup, fixture.dir);

  beforeEach(async () => {
    fixture = await StoreFixture.open(["acme"], Date.now());
  });
  afterEach(() => fixture.close());

  it("finds nothing where there is none yet, and where it opens", async () => {
    expect(await look()).to.deep.equal([]);
    await new Receipts(fixture.store, Date.now).published();
    expect(await look()).to.deep.equal([]);
  });

  it("finds one that was altered", async () => {
    const { keys } = await new Receipts(fixture.store, Date.now).published();
    const altered = { private_cipher: Buffer.alloc(60) };
    await fixture.store.write((db) => db.updateTable("receipt_keys").set(altered).execute());
    expectOnly(await look(), "receipt-key-unusable", String(keys[0]?.kid));
  });
});
