import { expect } from "chai";
import { Membership } from "../../src/nodes/membership.js";
import { setDrained } from "../../src/store/nodes.js";
import { Store } from "../../src/store/store.js";
import { finalStatus } from "../asterisk/sip-request.js";
import { CallService } from "../calls/call-service.js";
import { PATIENCE_MS, poll } from "../phones/waiting.js";
import { PostgresServer } from "../support/postgres.js";
import { capturedLog } from "../support/quiet-log.js";
import { Gate } from "../topology/gate.js";

const DID = "0312340000";
const SPEAKS = 200;
const REFUSES = 503;

describe("a call that a node cannot serve", function () {
  this.timeout(300_000);
  let server: PostgresServer;
  let gate: Gate;
  let databaseUrl: string;
  let calls: CallService;
  let other: { readonly membership: Membership; readonly store: Store } | undefined;

  before(async () => {
    server = await PostgresServer.start();
    databaseUrl = await server.database("empty");
    const url = new URL(databaseUrl);
    gate = await Gate.before(Number(url.port));
    url.port = String(gate.port);
    calls = await CallService.start(
      { HONNIN_DATABASE_URL: url.href, HONNIN_DIDS: DID, HONNIN_NODE: "one" },
      { breakable: true },
    );
  });
  after(async () => {
    calls.link.pass();
    gate.mend();
    await leaves();
    await calls.stop();
    await gate.close();
    await server.stop();
  });

  const answer = (): Promise<number> =>
    finalStatus({
      ...{ method: "INVITE", from: "127.0.0.1", caller: "09012345678", called: DID },
      port: calls.asterisk.sipPort,
    });
  const until = (status: number, what: string): Promise<void> =>
    poll(async () => (await answer()) === status, PATIENCE_MS, what);
  /** As a router that is switched off and on: the link comes back when it is tried again. */
  const withoutLink = async (act: () => Promise<void>): Promise<void> => {
    calls.link.swallow();
    calls.link.reset();
    try {
      await act();
    } finally {
      calls.link.pass();
    }
  };
  /** Asterisk has been told whether there are others. */
  const told = (hasOthers: "yes" | "no"): Promise<void> => {
    const globals = (): Promise<string> => calls.asterisk.ask("dialplan show globals");
    const isTold = async (): Promise<boolean> => (await globals()).includes(`HONNIN_OTHERS=${hasOthers}`);
    return poll(isTold, PATIENCE_MS, "Asterisk to be told of the other node");
  };
  const leaves = async (): Promise<void> => {
    await other?.membership.leave();
    await other?.store.close();
    other = undefined;
  };
  /** Another node begins to give its signs of life. */
  const joins = async (): Promise<void> => {
    const store = await Store.open(calls.dataDir, databaseUrl, undefined, { node: "two" });
    const parts = { store, clock: () => store.now(), log: capturedLog().log, name: "two", version: "1" };
    const membership = new Membership(parts);
    other = { membership, store };
    await membership.join();
    const nothing = (): Promise<void> => Promise.resolve();
    const ignored = { onOpen: () => undefined, onOthers: () => undefined };
    membership.serve({ ...ignored, onFenced: nothing, onDuty: nothing, onOrphans: nothing });
  };

  it("is told so by one that is alone, when nobody is linked to its Asterisk", async () => {
    await withoutLink(() => until(SPEAKS, "the apology"));
  });

  it("is left to another where there is one", async () => {
    await joins();
    await told("yes");
    await withoutLink(() => until(REFUSES, "the refusal"));
  });

  it("is left to another by one that has lost the database", async () => {
    await until(SPEAKS, "the node to take calls");
    gate.cut("refuse");
    await until(REFUSES, "the refusal");
    gate.mend();
    await until(SPEAKS, "the node to take calls again");
  });

  it("is told so again when the other takes no calls, or has gone", async () => {
    await other?.store.write((db) => setDrained(db, "two", 1));
    await told("no");
    await other?.store.write((db) => setDrained(db, "two", null));
    await told("yes");
    await leaves();
    await told("no");
    await withoutLink(() => until(SPEAKS, "the apology"));
    expect(calls.logged).to.not.include("could not be told whether");
  });
});
