import type { Command } from "commander";
import { previewMessages } from "../acts/compose-message.js";
import { existingClient } from "./client.js";
import { readStore } from "./context.js";
import { printJson, printTable } from "./output.js";

/** Adds `honnin client message`. */
export function addClientMessageCommand(client: Command): void {
  client
    .command("message")
    .argument("<name>")
    .option("--json", "print JSON")
    .description(
      "the messages of a client as they would be sent, in how many parts, and what each costs; nothing is sent",
    )
    .action((name: string, options: { json?: true }) =>
      readStore(async (store, config) => {
        // Of all commands about clients the only one that wants it.
        const { serviceSettings } = await import("../service/service-settings.js");
        const { limits } = serviceSettings(config).calls;
        const { id } = await existingClient(store, name);
        const messages = (await previewMessages(store.read, id, limits.calls)).map(
          ({ locale, text, parts, cost }) => ({ locale, parts, price_yen: cost / 1000, text }),
        );
        if (options.json) printJson(messages);
        else
          printTable(
            ["LOCALE", "PARTS", "YEN", "TEXT"],
            messages.map(({ locale, parts, price_yen: yen, text }) => [
              ...[locale, String(parts), String(yen)],
              text.replaceAll("\n", "⏎"),
            ]),
          );
      }),
    );
}
