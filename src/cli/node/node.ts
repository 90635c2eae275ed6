import type { Command } from "commander";
import { addDrainCommands } from "./drain.js";
import { addListCommand } from "./list.js";

export function addNodeCommands(program: Command): void {
  const node = program.command("node").description("services that serve one database together");
  addListCommand(node);
  addDrainCommands(node);
}
