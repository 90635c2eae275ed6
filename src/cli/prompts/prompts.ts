import type { Command } from "commander";
import { addArchiveCommands } from "./archive.js";
import { addCheckCommand } from "./check.js";
import { addHistoryCommand } from "./history.js";
import { addListCommand } from "./list.js";
import { addPreviewCommand } from "./preview.js";
import { addRenderCommand } from "./render.js";
import { addRollbackCommand } from "./rollback.js";
import { addSetCommand } from "./set.js";
import { addShowCommand } from "./show.js";
import { addTextCommand } from "./text.js";

export function addPromptCommands(program: Command): void {
  const prompts = program.command("prompts").description("what is said on the telephone");
  addListCommand(prompts);
  addShowCommand(prompts);
  addTextCommand(prompts);
  addRenderCommand(prompts);
  addSetCommand(prompts);
  addPreviewCommand(prompts);
  addHistoryCommand(prompts);
  addRollbackCommand(prompts);
  addArchiveCommands(prompts);
  addCheckCommand(prompts);
}
