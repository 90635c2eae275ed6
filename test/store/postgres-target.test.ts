import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { databasePlace } from "../../src/store/dialects.js";
import { readPostgresUrl } from "../../src/store/postgres/postgres-target.js";
import { tempDir } from "../support/temp-dir.js";

const PASSWORD = "s3cr3t%2Fword";

describe("the URL of a PostgreSQL database", () => {
  it("says where it is, and is shown without the password", () => {
    const target = readPostgresUrl(`postgres://honnin:${PASSWORD}@db.example.jp:5433/honnin`);
    expect(target).to.include({ host: "db.example.jp", port: 5433, user: "honnin", database: "honnin" });
    expect(target.password).to.equal("s3cr3t/word");
    expect(target.name).to.equal("postgres://honnin@db.example.jp:5433/honnin");
    expect(readPostgresUrl("postgresql://u@[::1]/d")).to.include({ host: "::1", port: 5432 });
  });

  it("verifies another machine's certificate unless it says otherwise, and needs none on this one", () => {
    const ssl = (url: string): unknown => readPostgresUrl(url).ssl;
    expect(ssl("postgres://u@db.example.jp/d")).to.include({ rejectUnauthorized: true });
    expect(ssl("postgres://u@127.example.jp/d"), "a name that looks like loopback").not.to.equal(false);
    expect(ssl("postgres://u@db.example.jp/d?sslmode=require")).to.include({ rejectUnauthorized: false });
    for (const here of ["127.0.0.1", "localhost", "[::1]"]) {
      expect(ssl(`postgres://u@${here}/d`), here).to.equal(false);
    }
    const socket = readPostgresUrl("postgres://u@localhost/d?host=/run/postgresql");
    expect(socket).to.include({ host: "/run/postgresql", ssl: false });
    const { ssl: full } = readPostgresUrl("postgres://u@192.0.2.1/d");
    if (full === false) throw new Error("it is not encrypted");
    // Compared with the address itself, which the driver passes on as no name.
    const other = { subject: { CN: "localhost" }, subjectaltname: "DNS:localhost" };
    const check = full.checkServerIdentity as (name: string, certificate: object) => Error | undefined;
    expect(check("localhost", other)).to.be.instanceOf(Error);
    expect(check("localhost", { ...other, subjectaltname: "IP Address:192.0.2.1" })).to.equal(undefined);
  });

  it("has its password read from a file, whose last line end does not belong to it", async () => {
    const dir = await tempDir();
    const file = path.join(dir.path, "password");
    await writeFile(file, "from a file\n");
    const url = `postgres://u@127.0.0.1/d?password_file=${encodeURIComponent(file)}`;
    expect(readPostgresUrl(url).password).to.equal("from a file");
    await dir.remove();
    expect(() => readPostgresUrl(url)).to.throw("cannot be read");
  });

  for (const url of [
    `postgres://u:${PASSWORD}@db.example.jp`,
    `postgres://:${PASSWORD}@db.example.jp/d`,
    `postgres://u:${PASSWORD}@db.example.jp/d?sslmode=prefer`,
    `postgres://u:${PASSWORD}@db.example.jp/d?options=-c%20fsync=off`,
    `postgres://u:${PASSWORD}@db.example.jp:99999/d`,
  ]) {
    it(`is refused as ${url.replace(PASSWORD, "…")}, and does not tell its password`, () => {
      expect(() => readPostgresUrl(url))
        .to.throw()
        .that.satisfies((error: Error) => !`${error.message}${error.stack ?? ""}`.includes("s3cr3t"))
        .and.has.property("code", "database_url_invalid");
      expect(databasePlace("/nowhere", url).name).to.equal("postgres");
    });
  }
});
