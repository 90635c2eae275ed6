import { expect } from "chai";
import { Carrier } from "../phones/carrier.js";
import { freeUdpPort } from "../phones/ports.js";
import { poll } from "../phones/waiting.js";
import { HttpsClient } from "../support/https-client.js";
import { freeTcpPort } from "../../src/asterisk/free-port.js";
import { makePackage } from "./debian-package.js";
import { listeningAddresses, LOOPBACK } from "./listening.js";
import { ended } from "./debian-root.js";
import { BASE, Podman } from "./podman.js";
import { verifiedCall } from "./verified-call.js";

const HEALTHY_MS = 120_000;
const SERVICE = "deploy_honnin_1";
const DATABASE = "deploy_database_1";
const PASSWORD = "geheim-0123456789";
const WITH_POSTGRES = ["-f", "compose.yaml", "-f", "compose.postgres.yaml"];

/** Limits that only the machine's own root may raise; the network of a test has no such voice. */
const WITHOUT_LIMITS = `services:
  honnin:
    ulimits: {rtprio: 0, nice: 0, nofile: 4096}
`;

/**
 * In the place of the official image, which a registry has: Debian's PostgreSQL, which takes the same variables, the same
 * volume, the same command and, as root unless told otherwise, the same user.
 */
const POSTGRES = `FROM ${BASE}
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-17 \\
 && install -d -o postgres -g postgres /var/lib/postgresql/data
ENV PATH=/usr/lib/postgresql/17/bin:/usr/bin:/bin PGDATA=/var/lib/postgresql/data
COPY postgres.sh /
VOLUME /var/lib/postgresql/data
ENTRYPOINT ["sh", "/postgres.sh"]
`;
const POSTGRES_START = `set -e
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  initdb --username="$POSTGRES_USER" --pwfile="$POSTGRES_PASSWORD_FILE" --auth-host=scram-sha-256 --auth-local=trust
  pg_ctl -w start -o "-c listen_addresses=''"
  createdb --username="$POSTGRES_USER" "$POSTGRES_DB"
  pg_ctl -w stop
fi
exec "$@"
`;

/** The image and the files of compose: wants root, a mirror and some minutes, as the test of the package does. */
describe("the container", function () {
  this.timeout(1_800_000);
  let podman: Podman;
  let carrier: Carrier;
  let apiPort: number;
  let databasePort: number;

  before(async () => {
    podman = await Podman.make(await makePackage());
    carrier = await Carrier.start();
    [apiPort, databasePort] = [await freeTcpPort(), await freeTcpPort()];
    const ports = { ops: await freeTcpPort(), console: await freeTcpPort(), sip: await freeUdpPort() };
    carrier.linkTo(ports.sip);
    await podman.write(
      "deploy/honnin.yaml",
      [
        `api_port: ${apiPort}`,
        `ops_port: ${ports.ops}`,
        `console_port: ${ports.console}`,
        `sip_port: ${ports.sip}`,
        `trunk_uri: sip:127.0.0.1:${carrier.port}\n`,
      ].join("\n"),
    );
    await podman.write("deploy/secrets/database-password", `${PASSWORD}\n`);
    await podman.write("deploy/here.yaml", WITHOUT_LIMITS);
  });

  afterEach(async () => {
    await podman.must(...compose(WITH_POSTGRES, "down", "-v"));
  });

  after(async () => {
    await carrier.stop();
    await podman[Symbol.asyncDispose]();
  });

  function compose(files: readonly string[], ...command: readonly string[]): readonly string[] {
    const environment = ["env", `HONNIN_POSTGRES_PORT=${databasePort}`];
    return [...environment, "podman-compose", ...files, "-f", "here.yaml", ...command];
  }

  /** As systemd would, where there is one: nobody else asks here. */
  async function healthy(container: string): Promise<boolean> {
    return (await podman.run(["podman", "healthcheck", "run", container])).code === 0;
  }

  /** Starts what the files say, and waits until the service is ready for calls. */
  async function up(files: readonly string[]): Promise<void> {
    const starting = ended(podman.start(compose(files, "up", "-d", "--no-build")));
    if (files.includes("compose.postgres.yaml")) await becomesHealthy(DATABASE);
    const { code, said } = await starting;
    expect(code, said).to.equal(0);
    await becomesHealthy(SERVICE);
  }

  async function becomesHealthy(container: string): Promise<void> {
    try {
      await poll(() => healthy(container), HEALTHY_MS, `${container}'s health`, 500);
    } catch (error) {
      throw new Error((await podman.run(["podman", "logs", container])).said, { cause: error });
    }
  }

  async function expectVerifiedCall(): Promise<string> {
    const honnin = ["podman", "exec", SERVICE, "honnin"];
    const made = await podman.must(...honnin, "key", "create", "--client", "shop", "--json");
    const { key } = JSON.parse(made.slice(made.indexOf("{"))) as { key: string };
    const volume = "/var/lib/containers/storage/volumes/deploy_data/_data";
    const certificate = podman.root.in(`${volume}/tls/cert.pem`);
    const api = new HttpsClient(`https://127.0.0.1:${apiPort}`, key, certificate);
    try {
      const { id, status, heard } = await verifiedCall(api, carrier);
      expect(status).to.equal("verified");
      expect(heard).to.contain("verified");
      return id;
    } finally {
      api.close();
    }
  }

  /** Nobody of note, who may write to nothing else than a volume, and hears loopback alone; gives the number of the user. */
  async function expectFenced(container: string, files: readonly string[]): Promise<string> {
    const status = await podman.must("podman", "exec", container, "cat", "/proc/1/status");
    const user = /^Uid:\t([1-9]\d*)\t\1\t\1\t\1$/m.exec(status)?.[1] ?? "";
    expect(status)
      .to.match(/^CapEff:\t0+$/m)
      .and.to.match(/^NoNewPrivs:\t1$/m);
    for (const file of files) {
      const { said } = await podman.run(["podman", "exec", "--user=0", container, "touch", file]);
      expect(said).to.contain("Read-only file system");
    }
    const heard = await listeningAddresses(user);
    expect(heard).not.to.be.empty;
    expect(heard.filter((address) => !LOOPBACK.includes(address))).to.deep.equal([]);
    return user;
  }

  it("is what compose files may be, in the eyes of docker-compose", async () => {
    await podman.must("docker-compose", "-f", "compose.yaml", "config", "--quiet");
    await podman.must("docker-compose", ...WITH_POSTGRES, "config", "--quiet");
  });

  it("is built of the package, Asterisk in it", async () => {
    await podman.build("deploy/Containerfile", "honnin", ["--build-arg", `BASE=${BASE}`]);
    const id = ["podman", "run", "--rm", "--network=host", "--entrypoint=id", "honnin"];
    expect(await podman.must(...id)).to.match(/^uid=10001\(honnin\) gid=10001\(honnin\)/);
    expect(await podman.must("podman", "image", "inspect", "--format={{.HealthCheck}}", "honnin")).to.contain(
      "health.mjs",
    );
  });

  it("answers a verification, as nobody of note and with nothing to write to but its data", async () => {
    await up(["-f", "compose.yaml"]);
    expect(await expectFenced(SERVICE, ["/usr/x", "/etc/honnin/x", "/var/cache/honnin/x"])).to.equal("10001");
    await expectVerifiedCall();
    // What is said is kept: whoever has the link within the hour runs the console.
    expect((await podman.run(["podman", "logs", SERVICE])).said)
      .to.contain("honnin admin create")
      .and.not.to.contain("/welcome#");
  });

  it("answers a verification with its data in PostgreSQL, by a password in a file", async () => {
    await podman.write("Postgres", POSTGRES);
    await podman.write("postgres.sh", POSTGRES_START);
    await podman.build("Postgres", "docker.io/library/postgres:17");
    await up(WITH_POSTGRES);
    await expectFenced(DATABASE, ["/usr/x", "/etc/x"]);
    const id = await expectVerifiedCall();
    const query = `select status from verifications where id = '${id}'`;
    const asked = ["psql", "--username=honnin", "--tuples-only", "--no-align", "--command", query, "honnin"];
    expect(await podman.must("podman", "exec", DATABASE, ...asked)).to.equal("verified\n");
    // The password is asked for, and is nowhere to be seen.
    const unasked = ["psql", "--no-password", "--host=127.0.0.1", ...asked.slice(1)];
    expect((await podman.run(["podman", "exec", DATABASE, ...unasked])).said).to.contain(
      "no password supplied",
    );
    expect(await podman.must("podman", "inspect", SERVICE, DATABASE)).not.to.contain(PASSWORD);
    expect((await podman.run(["podman", "logs", SERVICE])).said).not.to.contain(PASSWORD);
  });
});
