import path from "node:path";
import type { Command } from "commander";
import { PROJECT_DIR } from "../../project-dir.js";
import { localeOf, openPromptLibrary, type PromptLibrary, versionsDir } from "../../prompts/library.js";
import { PromptRefusal } from "../../prompts/prompt-refusal.js";
import type { PromptKey } from "../../store/prompts.js";
import type { Store } from "../../store/store.js";
import { DEFAULT_LOCALE } from "../../verification/prompt-id.js";
import { existingClient } from "../client.js";
import { readStore, writeStore } from "../context.js";
import { CommandError, EXIT } from "../exit-codes.js";
import { systemUser } from "../who-runs.js";

/** The options that most commands share. */
export interface ScopeOptions {
  client?: string;
  locale?: string;
  by?: string;
  json?: true;
}

/** Whose prompts a command is about; `clientId` null: the default set. */
export interface PromptSet {
  readonly clientId: string | null;
  readonly name: string;
}

export function ofSet(command: Command): Command {
  return command.option("--client <name>", "this client's own, over the default set");
}

export function ofLocale(command: Command): Command {
  return command.option("--locale <locale>", "ja or en (default: ja)");
}

export function byWhom(command: Command): Command {
  return command.option("--by <name>", "who did it, for the history (default: the user of this machine)");
}

/** Opens the prompts for a command that only looks, and ends with the exit code that a refusal has. */
export function readLibrary(options: ScopeOptions, run: OnLibrary): Promise<void> {
  return withLibrary(readStore, options, run);
}

/** The same for a command that changes them. */
export function changeLibrary(options: ScopeOptions, run: OnLibrary): Promise<void> {
  return withLibrary(writeStore, options, run);
}

type OnLibrary = (library: PromptLibrary, set: PromptSet) => Promise<void>;

async function withLibrary(
  withStore: typeof readStore,
  options: ScopeOptions,
  run: OnLibrary,
): Promise<void> {
  await withStore(async (store, config) => {
    try {
      const library = openPromptLibrary(store, versionsDir(config), path.join(PROJECT_DIR, "sounds"));
      await run(library, await findSet(store, options.client));
    } catch (error) {
      if (error instanceof PromptRefusal) throw new CommandError(error.message, exitCodeOf(error));
      throw error;
    }
  });
}

export function keyOf(set: PromptSet, id: string, options: ScopeOptions): PromptKey {
  return { clientId: set.clientId, locale: localeOf(options.locale ?? DEFAULT_LOCALE), id };
}

export function whoDidIt(options: ScopeOptions): string {
  return options.by ?? systemUser();
}

async function findSet(store: Store, name: string | undefined): Promise<PromptSet> {
  if (name === undefined) return { clientId: null, name: "default" };
  // Not made by the way, as `key create` does: a name mistyped would greet nobody, and nobody would notice.
  const client = await existingClient(store, name);
  return { clientId: client.id, name: client.name };
}

function exitCodeOf({ code }: PromptRefusal): number {
  switch (code) {
    case "unknown_prompt":
    case "unknown_locale":
    case "path_in_name":
    case "by_invalid":
      return EXIT.usage;
    case "speech_program_missing":
      return EXIT.unavailable;
    case "prompt_is_silence":
    case "prompt_is_fixed":
    case "file_unreadable":
    case "file_too_large":
    case "not_audio":
    case "too_long":
    case "too_short":
    case "silent":
    case "clipped":
    case "text_invalid":
    case "text_lacks_piece":
    case "no_such_version":
    case "nothing_older":
    case "sound_missing":
    case "archive_invalid":
    case "archive_too_large":
    case "nothing_to_export":
      return EXIT.negative;
  }
}
