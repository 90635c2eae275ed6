import { Membership } from "../nodes/membership.js";
import { OthersWatch } from "../nodes/others-watch.js";
import { VERSION } from "../project-dir.js";
import type { AriConnection } from "../ari/connection.js";
import type { Store } from "../store/store.js";
import type { Running } from "./running.js";
import type { TelephoneSide } from "./telephone-side.js";
import { tellOfOthers } from "./tell-of-others.js";
import { Upkeep } from "./upkeep.js";

/** This service becomes one of the nodes on its database, until all else is undone. */
export async function joinNodes(
  { settings, log, clock, teardown }: Running,
  store: Store,
): Promise<Membership> {
  const membership = new Membership({ store, clock, log, name: settings.node, version: VERSION });
  await membership.join();
  teardown.add("its place among the nodes", () => membership.leave());
  return membership;
}

/** It takes part: in what one of them does for all, and in what others have left open. */
export function takePart(
  running: Running,
  store: Store,
  membership: Membership,
  telephones: TelephoneSide,
  ari: AriConnection,
): void {
  const { log, teardown, metrics } = running;
  const watch = new OthersWatch({ store, log, looks: telephones.looks });
  teardown.add("the look at what others write", () => {
    watch.stop();
  });
  watch.start();
  const upkeep = new Upkeep(running, store, () => membership.hasDuty);
  teardown.add("webhooks and upkeep", () => membership.resign());
  const othersChanged = tellOfOthers(ari, () => membership.hasOthers, log);
  membership.serve({
    onFenced: () => {
      metrics.nodes.fenced();
      return telephones.letGo();
    },
    onOpen: (isOpen) => {
      telephones.open(isOpen);
    },
    onOthers: othersChanged,
    onDuty: (isMine) => {
      if (!isMine) return upkeep.stop();
      upkeep.start();
      return Promise.resolve();
    },
    onOrphans: () => telephones.closeOrphans(),
  });
}
