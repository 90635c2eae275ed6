import { once } from "node:events";
import { expect } from "chai";
import pg from "pg";
import { loadConfig } from "../../src/config.js";
import { type Service, startService } from "../../src/main.js";
import { patientStart } from "../../src/service/patient-start.js";
import { StoreUnavailableError } from "../../src/store/store-unavailable.js";
import { openVault } from "../../src/vault/open-vault.js";
import { TEST_SETTINGS } from "../calls/test-settings.js";
import { freeUdpPort } from "../phones/ports.js";
import { shortSounds } from "../phones/short-sounds.js";
import { PATIENCE_MS, poll } from "../phones/waiting.js";
import { PostgresServer } from "../support/postgres.js";
import { capturedLog } from "../support/quiet-log.js";
import { tempDir } from "../support/temp-dir.js";

const TOLD = "the database cannot be used yet";
/** Those that every transaction takes: see `writers-turn.ts`. */
const WRITERS_TURN = "select pg_advisory_lock(1752133230, 1)";

const never = new AbortController().signal;
const away = (): Promise<never> => Promise.reject(new StoreUnavailableError("it is away", { mayPass: true }));

describe("a start without a database", function () {
  this.timeout(4 * PATIENCE_MS);

  it("ends with a plain sentence in both languages when it was in vain for long", async () => {
    const { log, text } = capturedLog();
    const ended = await patientStart(away, { log, stopping: never, patienceMs: 1_500 }).catch(String);
    expect(ended).to.include(
      "the database could not be used for 1.5 seconds, and the service ends: it is away",
    );
    expect(ended).to.include("データベースを 1.5 秒間利用できなかったため");
    expect(text().split(TOLD)).to.have.lengthOf(2);
  });

  it("is not tried again where that is of no use, nor when it is told to stop", async () => {
    const { log, text } = capturedLog();
    const wrong = (): Promise<never> => Promise.reject(new StoreUnavailableError("wrong password"));
    const ended = await patientStart(wrong, { log, stopping: never }).catch(String);
    expect(ended).to.include("wrong password");
    expect(text()).to.equal("");
    const stop = new AbortController();
    const stopped = patientStart(away, { log, stopping: stop.signal }).catch(String);
    stop.abort(new Error("stopped"));
    expect(await stopped).to.equal("Error: stopped");
  });

  describe("that is a real one", () => {
    let server: PostgresServer;
    let dir: Awaited<ReturnType<typeof tempDir>>;
    let url: string;
    let service: Service | undefined;
    let log: ReturnType<typeof capturedLog>;

    before(async () => {
      server = await PostgresServer.start();
    });
    after(() => server.stop());
    beforeEach(async () => {
      dir = await tempDir();
      url = await server.database();
      openVault(dir.path, false);
      log = capturedLog();
    });
    afterEach(async () => {
      await service?.stop(0);
      service = undefined;
      await dir.remove();
    });

    const start = async (env: Readonly<Record<string, string>> = {}): Promise<Service> => {
      const own = { HONNIN_DATA_DIR: dir.path, HONNIN_SIP_PORT: String(await freeUdpPort()) };
      const settings = { ...TEST_SETTINGS, ...own, HONNIN_DATABASE_URL: url, ...env };
      return startService(loadConfig(settings, dir.path), log.log, undefined, shortSounds());
    };
    const isTold = (): Promise<void> =>
      poll(() => Promise.resolve(log.text().includes(TOLD)), PATIENCE_MS, "it to be told");

    it("waits for a server that is started again", async () => {
      await server.crash();
      const starting = start();
      await isTold();
      await server.launch();
      service = await starting;
      expect(log.text().split(TOLD)).to.have.lengthOf(2);
    });

    it("waits for its first turn where somebody holds it for longer than it may wait", async () => {
      const client = new pg.Client(url);
      await client.connect();
      await client.query(WRITERS_TURN);
      const starting = start();
      await isTold();
      expect(log.text()).to.include("55P03");
      const ended = once(client, "end");
      await client.end();
      await ended;
      service = await starting;
    });

    it("ends at once where the password is wrong, or there is no such database", async () => {
      const nowhere = new URL(url);
      nowhere.pathname = "/nowhere";
      const ended = await start({ HONNIN_DATABASE_URL: nowhere.href }).catch(String);
      expect(ended).to.include("3D000");
      expect(log.text()).to.not.include(TOLD);
    });
  });
});
