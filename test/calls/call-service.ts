import type { BundledAsterisk } from "../../src/asterisk/bundled-asterisk.js";
import type { AsteriskInstallation } from "../../src/asterisk/asterisk-installation.js";
import type { Command } from "../../src/programs/command.js";
import { loadConfig } from "../../src/config.js";
import { type Service, startService } from "../../src/main.js";
import { insertApiKey } from "../../src/store/api-keys.js";
import { claimDids } from "../../src/store/client-dids.js";
import type { ClientSettings } from "../../src/clients/client-settings.js";
import { insertClient } from "../../src/store/clients.js";
import { listEventsAfter, type OutboxEvent } from "../../src/store/events.js";
import { Store } from "../../src/store/store.js";
import { changeClientSettings } from "../../src/store/stored-client-settings.js";
import type { UnmatchedCall } from "../../src/acts/note-unmatched.js";
import type { CallEvent } from "../../src/telephony/call-events.js";
import { BreakableProxy } from "../ari/breakable-proxy.js";
import { prepareAsterisk, type TestAsterisk } from "../asterisk/running-asterisk.js";
import { Carrier } from "../phones/carrier.js";
import { FieldPhone } from "../phones/field-phone.js";
import { freeUdpPort } from "../phones/ports.js";
import { committedPrompts, SHIPPED_SOUNDS } from "../phones/prompt-index.js";
import { sippProgram } from "../phones/programs.js";
import { shortSounds } from "../phones/short-sounds.js";
import type { AnsweringScenario, CallingScenario } from "../phones/scenario.js";
import { type AnsweringOptions, type CallingOptions, SippPhone } from "../phones/sipp.js";
import { PATIENCE_MS, poll, WaitingRoom } from "../phones/waiting.js";
import { HttpsClient } from "../support/https-client.js";
import { capturedLog } from "../support/quiet-log.js";
import { tempDir } from "../support/temp-dir.js";
import { databaseUrlOf } from "../support/test-database.js";
import type { AsteriskUnderTest } from "./asterisks.js";
import { CallDiary } from "./call-diary.js";
import { joinStory } from "./stories.js";
import { TEST_SETTINGS } from "./test-settings.js";

/** For what comes at the end of a call on which nobody keys. */
const LONG_CALL_MS = 180_000;

interface Surroundings extends Pick<AsteriskUnderTest, "installation"> {
  /** Of the prompts: `short`, or as they are shipped where a test is about their sound. */
  readonly sounds?: "short" | "shipped";
  /** The Asterisk runs beside the service, by a link that the test can cut: {@link CallService.link}. */
  readonly breakable?: boolean;
}

/** As `honnin client set` takes them. */
export type ClientChanges = Partial<ClientSettings> & { readonly dids?: readonly string[] };

interface Attempt {
  readonly id: string;
  readonly direction: string;
  readonly caller_evidence: Readonly<Record<string, unknown>> | null;
  readonly trunk: string | null;
  readonly outcome: string;
  readonly sip_status: number | null;
  readonly q850_cause: number | null;
  readonly note: string | null;
  readonly started_at: string;
  readonly ringing_at: string | null;
  readonly answered_at: string | null;
  readonly ended_at: string | null;
}

export interface Result {
  readonly id: string;
  readonly status: string;
  readonly reason: string | null;
  readonly code?: string;
  readonly phone_number: string;
  readonly call_to: string | null;
  readonly enrollment_id: string | null;
  readonly code_entries: number;
  readonly attempts: readonly Attempt[];
}

/** The whole service with its Asterisk, behind a carrier with telephones, as the tests call it. */
export class CallService {
  readonly carrier: Carrier;
  /** Where the prompts are. */
  readonly sounds: string;
  readonly #dir: Awaited<ReturnType<typeof tempDir>>;
  readonly #env: Readonly<Record<string, string>>;
  readonly #sipp: Command;
  readonly #log = capturedLog();
  readonly #room = new WaitingRoom();
  readonly #diary = new CallDiary(() => this.logged);
  /** Calls that came in and that no verification waited for. */
  readonly unmatched: UnmatchedCall[] = [];
  readonly #phones: SippPhone[] = [];
  /** The one beside the service; null when it runs its own. */
  readonly #asterisk: TestAsterisk | null;
  /** Between the service and that one. */
  readonly #link: BreakableProxy | null;
  #service: Service | undefined;
  #api: HttpsClient | undefined;
  readonly #others: HttpsClient[] = [];
  #numbers = 0;
  #stopped = false;

  private constructor(
    carrier: Carrier,
    dir: Awaited<ReturnType<typeof tempDir>>,
    env: Readonly<Record<string, string>>,
    sipp: Command,
    asterisk: TestAsterisk | null,
    link: BreakableProxy | null,
    sounds: string,
  ) {
    this.sounds = sounds;
    this.#asterisk = asterisk;
    this.#link = link;
    this.carrier = carrier;
    this.#dir = dir;
    this.#env = env;
    this.#sipp = sipp;
  }

  static async start(
    env: Readonly<Record<string, string>> = {},
    { installation, breakable = false, sounds: which = "short" }: Surroundings = {},
  ): Promise<CallService> {
    // Reading the prompts holds the event loop up for half a second, and with it every telephone of this process.
    const sounds = which === "short" ? shortSounds() : SHIPPED_SOUNDS;
    committedPrompts("ulaw", sounds);
    const carrier = await Carrier.start();
    const asterisk =
      installation === undefined && !breakable
        ? null
        : await startBeside(await installation?.(), carrier.port, env);
    const link =
      asterisk !== null && breakable
        ? await BreakableProxy.start(Number(new URL(asterisk.asterisk.ariUrl).port))
        : null;
    const calls = new CallService(carrier, await tempDir(), env, await sippProgram(), asterisk, link, sounds);
    await calls.up();
    return calls;
  }

  get service(): Service {
    if (this.#service === undefined) throw new Error("the service is down");
    return this.#service;
  }

  get api(): HttpsClient {
    if (this.#api === undefined) throw new Error("the service is down");
    return this.#api;
  }

  /** The one beside the service. */
  get asterisk(): BundledAsterisk {
    if (this.#asterisk !== null) return this.#asterisk.asterisk;
    throw new Error("no Asterisk was started beside the service");
  }

  get link(): BreakableProxy {
    if (this.#link === null) throw new Error("the link to Asterisk was not made to be cut");
    return this.#link;
  }

  get logged(): string {
    return this.#log.text();
  }

  get dataDir(): string {
    return this.#dir.path;
  }

  /** Beside those of every test: what commands beside the service want to find the same database. */
  async settings(): Promise<Readonly<Record<string, string>>> {
    const url = await databaseUrlOf(this.#dir.path);
    return { ...(url === undefined ? {} : { HONNIN_DATABASE_URL: url }), ...this.#env };
  }

  /** Starts the service, again on the same data after {@link down}; `env` is for this start only. */
  async up(env: Readonly<Record<string, string>> = {}, stopping?: AbortSignal): Promise<void> {
    const config = loadConfig(
      {
        ...TEST_SETTINGS,
        HONNIN_DATA_DIR: this.#dir.path,
        HONNIN_TRUNK_URI: `sip:127.0.0.1:${this.carrier.port}`,
        HONNIN_CALLER_NUMBER: "0312345678",
        // Of those that no other test takes before Asterisk does, which needs seconds to start.
        HONNIN_SIP_PORT: String(await freeUdpPort()),
        ...(this.#asterisk === null ? {} : settingsFor(this.#asterisk)),
        ...(this.#link === null ? {} : { HONNIN_ARI_URL: this.#link.url }),
        ...(await this.settings()),
        ...env,
      },
      this.#dir.path,
    );
    const service = await startService(config, this.#log.log, stopping, this.sounds);
    this.#service = service;
    this.carrier.linkTo(service.sipPort);
    service.calls.on("call", (event) => {
      this.#diary.note(event);
      this.#room.look();
    });
    service.calls.on("inbound_unmatched", (event) => {
      this.unmatched.push(event);
      this.#room.look();
    });
    this.#api = new HttpsClient(service.apiUrl, await this.#issueKey(), service.certFile);
  }

  async down(drainMs = 0): Promise<void> {
    this.#api?.close();
    await this.#service?.stop(drainMs);
    this.#service = undefined;
  }

  /** As if the service had been down past the verification's deadline. */
  async expireWhileDown(id: string): Promise<void> {
    const long = 24 * 3_600_000;
    await this.#inStore((store) =>
      store.write((db) =>
        db
          .updateTable("verifications")
          .set((column) => ({
            created_at: column("created_at", "-", long),
            expires_at: column("expires_at", "-", long),
          }))
          .where("id", "=", id)
          .execute(),
      ),
    );
  }

  /** Another client of the same service, with settings of its own. */
  async newClient(name: string, changes: ClientChanges = {}): Promise<HttpsClient> {
    const key = await this.#issueKey(name);
    await this.configure(name, changes);
    const api = new HttpsClient(this.service.apiUrl, key, this.service.certFile);
    this.#others.push(api);
    return api;
  }

  /** Changes a client's settings beside the running service, as `honnin client set` does. */
  async configure(name: string, { dids, ...settings }: ClientChanges): Promise<void> {
    await this.#inStore((store) =>
      store.write(async (db) => {
        if (dids !== undefined) await claimDids(db, `cli_${name}`, dids);
        await changeClientSettings(db, `cli_${name}`, settings);
      }),
    );
  }

  /** Everything that a client was told, from the outbox. */
  toldTo(name: string): Promise<OutboxEvent[]> {
    return this.#inStore((store) => listEventsAfter(store.read, store.vault, `cli_${name}`, 0, 1000));
  }

  /** A number that nobody has, and a telephone that answers to it. */
  async phone(
    scenario: AnsweringScenario,
    options: Omit<AnsweringOptions, "program"> = {},
  ): Promise<{ phone: SippPhone; number: string }> {
    const number = this.newNumber();
    const phone = await SippPhone.answering(scenario, {
      program: this.#sipp,
      sounds: this.sounds,
      ...options,
    });
    this.#phones.push(phone);
    joinStory(phone);
    this.carrier.connect(number, phone.port);
    return { phone, number };
  }

  /** A telephone that calls a DID by way of the carrier. */
  async caller(
    scenario: CallingScenario,
    options: Omit<CallingOptions, "program" | "via">,
  ): Promise<SippPhone> {
    const phone = await SippPhone.calling(scenario, {
      program: this.#sipp,
      via: this.carrier.port,
      sounds: this.sounds,
      ...options,
    });
    this.#phones.push(phone);
    joinStory(phone);
    return phone;
  }

  /** Plays with a telephone that the test itself leads, and that is called at a number of its own. */
  async withFieldPhone(
    play: (phone: FieldPhone, number: string) => Promise<void>,
    options: { readonly events?: number } = {},
  ): Promise<void> {
    const phone = await FieldPhone.open(this.carrier.port, options);
    const number = this.newNumber();
    this.carrier.connect(number, phone.port);
    try {
      await play(phone, number);
    } finally {
      await phone.close();
    }
  }

  /** Whether SIP is heard beside ARI: that of the service's own bundled Asterisk. */
  get overhears(): boolean {
    return this.#asterisk === null;
  }

  newNumber(): string {
    return `0901111${String(++this.#numbers).padStart(4, "0")}`;
  }

  async register(
    number: string,
    body: Readonly<Record<string, unknown>> = {},
    api = this.api,
  ): Promise<Result> {
    const { status, json, text } = await api.post("/v1/verifications", {
      phone_number: number,
      ...body,
    });
    if (status !== 201) throw new Error(`register: ${status} ${text}`);
    const registered = json as unknown as Result;
    this.#diary.testifyOn(registered.id);
    return registered;
  }

  async result(id: string, api = this.api): Promise<Result> {
    return (await api.post("/v1/verifications/result", { id })).json as unknown as Result;
  }

  /** Waits for the nth event of a kind on a verification's calls. */
  happened(
    id: string,
    kind: CallEvent["kind"],
    { nth = 1, ms = LONG_CALL_MS, on }: { nth?: number; ms?: number; on?: string } = {},
  ): Promise<CallEvent> {
    this.#diary.testifyOn(id);
    return this.#room.until(
      () =>
        this.eventsOf(id).filter(
          (event) => event.kind === kind && (on ?? event.attemptId) === event.attemptId,
        )[nth - 1],
      ms,
      `${kind} (${nth}) of ${id}; so far: ${this.eventsOf(id)
        .map((event) => event.kind)
        .join(" ")}`,
    );
  }

  /** Waits for a call to this DID that nothing waited for. */
  noMatch(did: string, ms = PATIENCE_MS): Promise<UnmatchedCall> {
    return this.#room.until(
      () => this.unmatched.find((event) => event.did === did),
      ms,
      `an unmatched call to ${did}`,
    );
  }

  eventsOf(id: string): readonly CallEvent[] {
    return this.#diary.eventsOf(id);
  }

  /** Everything that was told of all calls, as text. */
  allEvents(): string {
    return JSON.stringify(this.#diary.events);
  }

  /** Prompts said so far, in order. */
  saidTo(id: string): string {
    return this.eventsOf(id)
      .flatMap((event) => (event.kind === "said" ? event.pieces : []))
      .join(" ");
  }

  /** The result once the last call has ended. */
  async ended(id: string, { calls = 1, ms = LONG_CALL_MS, api = this.api } = {}): Promise<Result> {
    for (let nth = calls; ; nth += 1) {
      const { attemptId } = await this.happened(id, "ended", { nth, ms });
      const result = await this.result(id, api);
      // One that could not leave in time was taken back, is none of its calls, and is followed by another.
      const isOpen = result.status === "pending" || result.status === "in_progress";
      if (!isOpen || result.attempts.some((attempt) => attempt.id === attemptId)) return result;
    }
  }

  /** Resolves when the link to Asterisk, broken meanwhile, stands again. */
  async linkUp(ms = PATIENCE_MS): Promise<void> {
    let wasDown = false;
    const backAgain = async (): Promise<boolean> => {
      const up = await this.service.channels().then(
        () => true,
        () => false,
      );
      wasDown ||= !up;
      return up && wasDown;
    };
    await poll(backAgain, ms, "the link to Asterisk");
  }

  /** Cuts the link to Asterisk, which hears of it; resolves when the service has too. */
  async cutLink(): Promise<void> {
    this.link.swallow();
    this.link.reset();
    const down = (): Promise<boolean> =>
      this.service.channels().then(
        () => false,
        () => true,
      );
    await poll(down, PATIENCE_MS, "the end of the link to Asterisk");
  }

  /** Resolves when the link to Asterisk, cut or carrying nothing, stands again. */
  async mendLink(): Promise<void> {
    const up = this.linkUp();
    this.link.pass();
    await up;
  }

  /** Names of the channels that Asterisk has now. */
  async openChannels(): Promise<readonly string[]> {
    return this.service.channels();
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    await Promise.all(this.#phones.map((phone) => phone.stop()));
    for (const api of this.#others) api.close();
    await this.down();
    await this.#link?.stop();
    await this.#asterisk?.[Symbol.asyncDispose]();
    await this.carrier.stop();
    await this.#dir.remove();
  }

  #issueKey(name = "test"): Promise<string> {
    return this.#inStore((store) =>
      store.write(async (db) => {
        const id = `cli_${name}`;
        const known = await db.selectFrom("clients").select("id").where("id", "=", id).executeTakeFirst();
        if (known === undefined) await insertClient(db, { id, name, created_at: Date.now() });
        return (await insertApiKey(db, { clientId: id, label: "", now: Date.now(), expiresAt: null })).key;
      }),
    );
  }

  /** The same database by a connection of its own, as the commands have one. */
  async #inStore<T>(run: (store: Store) => Promise<T>): Promise<T> {
    const store = await Store.open(this.#dir.path, (await this.settings())["HONNIN_DATABASE_URL"]);
    try {
      return await run(store);
    } finally {
      await store.close();
    }
  }
}

async function startBeside(
  installation: AsteriskInstallation | undefined,
  trunkPort: number,
  env: Readonly<Record<string, string>>,
): Promise<TestAsterisk> {
  const own = await prepareAsterisk({
    ...(installation === undefined ? {} : { installation }),
    trunks: [
      {
        name: "trunk",
        uri: `sip:127.0.0.1:${trunkPort}`,
        ...(env["HONNIN_TRUNK_USERNAME"] === undefined ? {} : { username: env["HONNIN_TRUNK_USERNAME"] }),
        ...(env["HONNIN_TRUNK_PASSWORD"] === undefined ? {} : { password: env["HONNIN_TRUNK_PASSWORD"] }),
      },
    ],
    dids: env["HONNIN_DIDS"]?.split(",") ?? [],
    sipTimers: {
      t1Ms: Number(TEST_SETTINGS.HONNIN_SIP_TIMER_T1_MS),
      bMs: Number(TEST_SETTINGS.HONNIN_SIP_TIMER_B_MS),
    },
  });
  await own.asterisk.start();
  return own;
}

function settingsFor({ asterisk }: TestAsterisk): Record<string, string> {
  return {
    HONNIN_ARI_URL: asterisk.ariUrl,
    HONNIN_ARI_USERNAME: asterisk.ariUsername,
    HONNIN_ARI_PASSWORD: asterisk.ariPassword,
    HONNIN_SIP_PORT: String(asterisk.sipPort),
  };
}
