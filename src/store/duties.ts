import type { Kysely } from "kysely";
import { compiled, compiledFirst } from "./compiled.js";
import type { NodeIdentity } from "./nodes.js";
import type { Schema } from "./schema.js";

/** What one node does for all: webhooks, and what is old goes. */
export const STEWARD = "steward";

/** Who has it, if he is there. */
export const findDutyHolder = compiledFirst((db, { duty }: { duty: string }) =>
  db
    .selectFrom("duties")
    .innerJoin("nodes", (join) =>
      join.onRef("nodes.name", "=", "duties.node").onRef("nodes.epoch", "=", "duties.node_epoch"),
    )
    .select(["nodes.name", "nodes.epoch"])
    .where("duties.name", "=", duty)
    .where("nodes.left_at", "is", null),
);

/** Takes a duty that no node has which is there. @returns whether it is this node's now. */
export async function takeDuty(db: Kysely<Schema>, duty: string, me: NodeIdentity): Promise<boolean> {
  const has = await findDutyHolder(db, { duty });
  if (has !== undefined) return has.name === me.name && has.epoch === me.epoch;
  const held = { node: me.name, node_epoch: me.epoch };
  await db
    .insertInto("duties")
    .values({ name: duty, ...held })
    .onConflict((conflict) => conflict.column("name").doUpdateSet(held))
    .execute();
  return true;
}

/** Another may have it. */
export const releaseDuty = compiled((db, { duty, name, epoch }: NodeIdentity & { duty: string }) =>
  db.deleteFrom("duties").where("name", "=", duty).where("node", "=", name).where("node_epoch", "=", epoch),
);
