import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { checkServerIdentity, type ConnectionOptions } from "node:tls";
import type pg from "pg";
import { TerminalError } from "../../terminal-error.js";

/** Where a PostgreSQL database is, and how it is reached. */
export interface PostgresTarget {
  /** For people; without the password. */
  readonly name: string;
  /** A host, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** Undefined: `~/.pgpass`, or none is asked for. */
  readonly password: string | undefined;
  /** False: the connection is not encrypted. */
  readonly ssl: false | ConnectionOptions;
}

/** For `pg`. */
export function connectionTo(target: PostgresTarget): pg.ClientConfig {
  const { host, port, user, database, password, ssl } = target;
  return {
    host,
    port,
    user,
    database,
    ssl,
    keepAlive: true,
    ...(password === undefined ? {} : { password }),
  };
}

const SSL_MODES = ["disable", "require", "verify-ca", "verify-full"] as const;
const PARAMETERS = ["host", "sslmode", "sslrootcert", "sslcert", "sslkey", "password_file"];
const PORT = 5432;

class DatabaseUrlError extends TerminalError {
  constructor(english: string, japanese: string) {
    super("database_url_invalid", `HONNIN_DATABASE_URL: ${english}`, `HONNIN_DATABASE_URL: ${japanese}`);
  }
}

/**
 * Reads `postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=…`, as libpq has it
 * (https://www.postgresql.org/docs/current/libpq-connect.html), with fewer parameters and a stricter default: another
 * machine's certificate is verified unless the URL says otherwise. Of ours is `password_file`.
 *
 * @throws {DatabaseUrlError} which never tells the password.
 */
export function readPostgresUrl(url: string): PostgresTarget {
  if (!URL.canParse(url)) throw malformed();
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  const unknown = [...searchParams.keys()].find((key) => !PARAMETERS.includes(key));
  if (unknown !== undefined) {
    throw new DatabaseUrlError(
      `${unknown} is not known; there are ${PARAMETERS.join(", ")}`,
      `${unknown} は使用できません。使用できるのは ${PARAMETERS.join(", ")} です。`,
    );
  }
  const host = searchParams.get("host") ?? decoded(hostname).replace(/^\[(.*)\]$/, "$1");
  const [user, database] = [decoded(username), decoded(pathname.slice(1))];
  if (host === "" || user === "" || database === "" || database.includes("/")) throw malformed();
  const at = host.startsWith("/") ? host : `${isIP(host) === 6 ? `[${host}]` : host}:${port || String(PORT)}`;
  return {
    name: `postgres://${user}@${at}/${database}`,
    ...{ host, port: port === "" ? PORT : Number(port), user, database },
    password: passwordOf(decoded(password), searchParams.get("password_file")),
    ssl: sslOf(host, searchParams),
  };
}

function malformed(): DatabaseUrlError {
  return new DatabaseUrlError(
    "expected postgres://USER:PASSWORD@HOST:PORT/DATABASE",
    "postgres://ユーザー:パスワード@ホスト:ポート/データベース の形で指定してください。",
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw malformed();
  }
}

function passwordOf(inUrl: string, file: string | null): string | undefined {
  if (file === null) return inUrl === "" ? undefined : inUrl;
  // Its first line, as editors end it.
  return read(file).split(/\r?\n/, 1)[0];
}

function sslOf(host: string, parameters: URLSearchParams): false | ConnectionOptions {
  const given = parameters.get("sslmode") ?? (isHere(host) ? "disable" : "verify-full");
  const mode = SSL_MODES.find((known) => known === given);
  if (mode === undefined) {
    throw new DatabaseUrlError(
      `sslmode is one of ${SSL_MODES.join(", ")}`,
      `sslmode は ${SSL_MODES.join(", ")} のいずれかです。`,
    );
  }
  if (mode === "disable") return false;
  const [ca, cert, key] = ["sslrootcert", "sslcert", "sslkey"].map((name) => {
    const file = parameters.get(name);
    return file === null ? undefined : read(file);
  });
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    rejectUnauthorized: mode !== "require",
    // By the name in the URL, also where that is an address: pg passes on no address to compare.
    checkServerIdentity: (_name, certificate) =>
      mode === "verify-full" ? checkServerIdentity(host, certificate) : undefined,
  };
}

/** Nothing leaves this machine. */
function isHere(host: string): boolean {
  const isLoopback = isIP(host) === 4 && host.startsWith("127.");
  return host.startsWith("/") || host === "localhost" || host === "::1" || isLoopback;
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new DatabaseUrlError(`${file} cannot be read`, `${file} を読み込めません。`);
  }
}
