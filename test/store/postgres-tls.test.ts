import { X509Certificate } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { generate } from "selfsigned";
import { sql } from "kysely";
import pg from "pg";
import { insertClient } from "../../src/store/clients.js";
import { Store } from "../../src/store/store.js";
import { openVault } from "../../src/vault/open-vault.js";
import { PATIENCE_MS, poll } from "../phones/waiting.js";
import { PostgresServer } from "../support/postgres.js";
import { tempDir } from "../support/temp-dir.js";

const KIND = { keyType: "ec", curve: "P-256", algorithm: "sha256" } as const;

type Pair = Awaited<ReturnType<typeof generate>>;

const authority = (name: string): Promise<Pair> =>
  generate([{ name: "commonName", value: name }], {
    ...KIND,
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, critical: true },
    ],
  });
const issued = (by: Pair, names: { type: 2 | 7; value?: string; ip?: string }[]): Promise<Pair> =>
  generate([{ name: "commonName", value: "the database" }], {
    ...KIND,
    ca: { key: by.private, cert: by.cert },
    extensions: [{ name: "subjectAltName", altNames: names }],
  });

describe("a PostgreSQL database over TLS", function () {
  this.timeout(180_000);
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let server: PostgresServer;
  let url: string;
  let ours: Pair;

  /** From now on the server shows this certificate to whoever connects. */
  const show = async (pair: Pair, by: Pair): Promise<void> => {
    const data = path.join(server.dir, "data");
    await writeFile(path.join(data, "server.key"), pair.private, { mode: 0o600 });
    await writeFile(path.join(data, "server.crt"), pair.cert);
    await server.ask("alter system set ssl = on");
    await server.ask("select pg_reload_conf()");
    const { fingerprint256 } = new X509Certificate(pair.cert);
    await poll(async () => (await shown(by)) === fingerprint256, PATIENCE_MS, "the server to show it");
  };
  /** What it shows; undefined: it speaks in clear, or by a certificate of another. */
  const shown = async (by: Pair): Promise<string | undefined> => {
    let seen: string | undefined;
    const checkServerIdentity = (
      _name: string,
      { fingerprint256 }: { fingerprint256: string },
    ): undefined => {
      seen = fingerprint256;
    };
    const client = new pg.Client({ connectionString: url, ssl: { ca: by.cert, checkServerIdentity } });
    client.on("error", () => undefined);
    await client.connect().catch(() => undefined);
    await client.end().catch(() => undefined);
    return seen;
  };
  const file = async (name: string, text: string): Promise<string> => {
    const at = path.join(dir.path, name);
    await writeFile(at, text);
    return at;
  };
  /** Opens it, writes, and tells how the server sees the connection; or the text of what was refused. */
  const opened = async (parameters: string): Promise<string> => {
    try {
      const store = await Store.open(dir.path, `${url}?${parameters}`);
      try {
        await store.write((db) =>
          insertClient(db, { id: `cli_${parameters.length}`, name: parameters, created_at: 1 }),
        );
        const { rows } = await sql<{
          version: string | null;
        }>`select version from pg_stat_ssl where pid = pg_backend_pid()`.execute(store.read);
        return rows[0]?.version ?? "in clear";
      } finally {
        await store.close();
      }
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };

  before(async () => {
    server = await PostgresServer.start();
    ours = await authority("ours");
  });
  after(() => server.stop());
  beforeEach(async () => {
    dir = await tempDir();
    url = await server.database();
    openVault(dir.path, false);
  });
  afterEach(() => dir.remove());

  it("is refused where the server speaks in clear alone", async () => {
    expect(await opened("sslmode=require")).to.match(/does not support SSL/);
  });

  it("is written to by TLS 1.3 when certificate and name are right", async () => {
    await show(await issued(ours, [{ type: 7, ip: "127.0.0.1" }]), ours);
    const ca = await file("ca.pem", ours.cert);
    expect(await opened(`sslmode=verify-full&sslrootcert=${ca}`)).to.equal("TLSv1.3");
  });

  it("is refused when its certificate is for another name, unless only the authority is asked for", async () => {
    await show(await issued(ours, [{ type: 2, value: "elsewhere.example" }]), ours);
    const ca = await file("ca.pem", ours.cert);
    expect(await opened(`sslmode=verify-full&sslrootcert=${ca}`)).to.match(
      /does not match certificate's altnames/,
    );
    expect(await opened(`sslmode=verify-ca&sslrootcert=${ca}`)).to.equal("TLSv1.3");
  });

  it("is refused when another authority has issued its certificate, unless nobody is asked for", async () => {
    const others = await authority("others");
    await show(await issued(others, [{ type: 7, ip: "127.0.0.1" }]), others);
    const ca = await file("ca.pem", ours.cert);
    const refused = /unable to (verify|get)|self.signed/;
    expect(await opened(`sslmode=verify-full&sslrootcert=${ca}`)).to.match(refused);
    expect(await opened(`sslmode=verify-ca&sslrootcert=${ca}`)).to.match(refused);
    expect(await opened("sslmode=require")).to.equal("TLSv1.3");
  });
});
