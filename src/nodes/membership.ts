import type { Kysely } from "kysely";
import type { Clock } from "../clock.js";
import { errorText, type Logger } from "../log.js";
import { releaseDuty, STEWARD } from "../store/duties.js";
import { leaveNode, type NodeIdentity } from "../store/nodes.js";
import type { Schema } from "../store/schema.js";
import type { Store } from "../store/store.js";
import { NodeFencedError } from "../store/store-unavailable.js";
import { DataKeys } from "./data-keys.js";
import { GIVEN_UP_MS } from "../store/node-state.js";
import { Lease } from "./lease.js";
import type { MembershipHandlers } from "./membership-handlers.js";
import { giveSign, standingOf, type Told } from "./sign-of-life.js";
import { Steadiness } from "./steadiness.js";

/** Between two signs of life, milliseconds. */
const EVERY_MS = 1_000;

export interface MembershipParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly name: string;
  readonly version: string;
}

/**
 * This service as one of the nodes on a database: says each second that it is there, gives up those that no longer do,
 * and hears whether it is to take calls. Where the database is for one service alone, it only hears.
 */
export class Membership {
  readonly #parts: MembershipParts;
  readonly #lease = new Lease();
  readonly #steadiness = new Steadiness(GIVEN_UP_MS);
  readonly #keys: DataKeys;
  #handlers: MembershipHandlers | undefined;
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> | undefined;
  #isDrained = false;
  #isFenced = false;
  #hasDuty = false;
  #hasOthers = false;
  /** What follows from a sign of life, one after another: the next sign does not wait for it. */
  #following: Promise<void> = Promise.resolve();
  #resigns = false;
  #stopped = false;
  /** Its last sign of life did not go through. */
  #isSilent = false;

  constructor(parts: MembershipParts) {
    this.#parts = parts;
    this.#keys = new DataKeys(parts.store, parts.log);
  }

  /** Whether it was given up and has not joined again. */
  get isFenced(): boolean {
    return this.#isFenced;
  }

  /** Whether an administrator has told it to take no calls. */
  get isDrained(): boolean {
    return this.#isDrained;
  }

  /** Whether it counts at this moment: what it does now the others do not do as well. */
  get counts(): boolean {
    return !this.#isFenced && (!this.#parts.store.isShared || this.#lease.lasts);
  }

  /** Whether it is the one that does what only one may do. */
  get hasDuty(): boolean {
    return this.#hasDuty && this.counts;
  }

  /** Whether another node takes calls, as far as it has heard. */
  get hasOthers(): boolean {
    return this.#hasOthers;
  }

  /** From now on it gives its signs of life. @throws {StoreUnavailableError} */
  async join(): Promise<void> {
    await this.#join();
    this.#beatSoon();
  }

  async #join(): Promise<void> {
    const { store, name, version } = this.#parts;
    const asked = performance.now();
    this.#keys.refresh();
    await store.join(name, version);
    this.#lease.renew(asked);
    const { isDrained, hasOthers } = await standingOf(store.read, { name });
    this.#isDrained = isDrained;
    this.#hearOfOthers(hasOthers);
  }

  /** From now on it takes part. */
  serve(handlers: MembershipHandlers): void {
    this.#handlers = handlers;
    if (this.#isDrained || this.#isFenced) handlers.onOpen(false);
    handlers.onOthers(this.#hasOthers);
    this.#beatSoon(0);
  }

  /** What only one may do is another's from now on; it stays one of the nodes. */
  async resign(): Promise<void> {
    this.#resigns = true;
    await this.#follow(() => this.#become(false));
    if (this.#handlers !== undefined && !this.#stopped) await this.#beatNow();
  }

  /** It has nothing open any more. */
  async leave(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#beating;
    await this.#following;
    const { store, clock } = this.#parts;
    const { node } = store;
    if (node === undefined || this.#isFenced) return;
    await store.write(async (db) => {
      await releaseDuty(db, { duty: STEWARD, ...node });
      await leaveNode(db, { ...node, now: clock() });
    });
  }

  #beatSoon(ms = EVERY_MS): void {
    clearTimeout(this.#timer);
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#beatNow(), ms);
  }

  #beatNow(): Promise<void> {
    this.#beating ??= this.#beat().finally(() => {
      this.#beating = undefined;
      this.#beatSoon();
    });
    return this.#beating;
  }

  /** Never rejects. */
  async #beat(): Promise<void> {
    const { store, log } = this.#parts;
    const { node } = store;
    if (node === undefined) return;
    const asked = performance.now();
    try {
      const isJudge = this.#steadiness.isSteady(asked);
      this.#heard(await (store.isShared ? this.#sign(node, isJudge) : this.#look(node)), asked);
    } catch (error) {
      if (error instanceof NodeFencedError) {
        await this.#joinAgain();
        return;
      }
      this.#isSilent = true;
      log.error("this node cannot say that it is there", { error: errorText(error) });
    }
  }

  #sign(node: NodeIdentity, isJudge: boolean): Promise<Told> {
    return this.#parts.store.write((db) => this.#signWithin(db, node, isJudge));
  }

  async #signWithin(db: Kysely<Schema>, node: NodeIdentity, isJudge: boolean): Promise<Told> {
    const now = this.#parts.clock();
    const dataKeys = await this.#keys.follow(db);
    return giveSign(db, node, { now, dataKeys, isJudge, wantsDuty: this.#wantsDuty, hasDuty: this.#hasDuty });
  }

  async #look(node: NodeIdentity): Promise<Told> {
    return { ...(await standingOf(this.#parts.store.read, node)), gone: [], hasDuty: this.#wantsDuty };
  }

  get #wantsDuty(): boolean {
    return this.#handlers !== undefined && !this.#resigns;
  }

  #heard({ isDrained, gone, hasDuty, hasOthers }: Told, asked: number): void {
    const { store, log } = this.#parts;
    this.#lease.renew(asked);
    this.#steadiness.given(asked);
    if (this.#isSilent) log.info("this node can say again that it is there");
    this.#isSilent = false;
    if (isDrained !== this.#isDrained) {
      this.#isDrained = isDrained;
      log.info(isDrained ? "this node is drained: it takes no calls" : "this node takes calls again");
      this.#handlers?.onOpen(!isDrained);
    }
    this.#hearOfOthers(hasOthers);
    if (hasDuty !== this.#hasDuty) void this.#follow(() => this.#become(hasDuty));
    if (gone.length > 0)
      log.warn("nodes gave no sign of life: what they left open is closed", { nodes: gone.join(", ") });
    // A service alone has closed at its start what there was.
    if (gone.length > 0 || (hasDuty && store.isShared))
      void this.#follow(async () => this.#handlers?.onOrphans());
  }

  #hearOfOthers(areThere: boolean): void {
    if (areThere === this.#hasOthers) return;
    this.#hasOthers = areThere;
    this.#handlers?.onOthers(areThere);
  }

  #follow(step: () => Promise<void>): Promise<void> {
    this.#following = this.#following.then(step);
    return this.#following;
  }

  async #become(isMine: boolean): Promise<void> {
    if (this.#hasDuty === isMine) return;
    if (isMine) this.#hasDuty = true;
    await this.#handlers?.onDuty(isMine);
    this.#hasDuty = isMine;
  }

  /** What it had open others have closed, or will: it lets go of it before it is one of them again. */
  async #joinAgain(): Promise<void> {
    const { log } = this.#parts;
    if (!this.#isFenced) {
      log.error("this node was given up by the others: it lets go of its calls and joins again");
      this.#isFenced = true;
      this.#lease.end();
      await this.#follow(() => this.#become(false));
      await this.#handlers?.onFenced();
    }
    if (this.#stopped) return;
    try {
      await this.#join();
    } catch (error) {
      log.error("this node cannot join again yet", { error: errorText(error) });
      return;
    }
    this.#isFenced = false;
    log.info("this node is one of them again", { epoch: this.#parts.store.node?.epoch });
    this.#handlers?.onOpen(!this.#isDrained);
    await this.#handlers?.onOrphans();
  }
}
