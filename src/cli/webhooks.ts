import type { Command } from "commander";
import {
  disableClientWebhook,
  redeliverGivenUp,
  rotateClientSecret,
  setClientWebhook,
} from "../acts/client-webhook.js";
import { checkWebhookUrl, WebhookTargetError } from "../events/webhook-target.js";
import { printSecret } from "../events/webhook-signature.js";
import { countDeliveries, redeliverEvent } from "../store/webhook-deliveries.js";
import { findWebhook } from "../store/webhooks.js";
import { existingClient } from "./client.js";
import { isoTime, readStore, writeStore } from "./context.js";
import { CommandError, EXIT } from "./exit-codes.js";
import { printData, printJson, printTable, say } from "./output.js";
import { byCommand, noteCommand } from "./who-runs.js";
import { HOUR_MS } from "../verification/durations.js";

interface OfClient {
  client: string;
  json?: true;
}

export function addWebhookCommands(program: Command): void {
  const webhooks = program.command("webhooks").description("where events of a client are sent");
  const ofClient = (name: string, description: string): Command =>
    webhooks
      .command(name)
      .requiredOption("--client <name>", "the client whose webhook it is")
      .option("--json", "print JSON")
      .description(description);
  ofClient("set", "send a client's events to a URL; the secret of a new webhook is shown this once")
    .requiredOption("--url <url>", "an https URL")
    .action(set);
  ofClient("show", "where events go, and how many wait or were given up").action(show);
  ofClient("rotate", "issue a new secret; the old one signs too for a while")
    .option("--overlap-hours <hours>", "how long the old secret signs too", "24")
    .action(rotate);
  ofClient("disable", "send this client nothing more").action(disable);
  webhooks
    .command("redeliver")
    .argument("[event-id]", "one event, whether it was delivered or not")
    .option("--failed", "all that were given up")
    .option("--client <name>", "with --failed: of this client only")
    .option("--json", "print JSON")
    .description("send events again")
    .action(redeliver);
}

function set(options: OfClient & { url: string }): Promise<void> {
  return writeStore(async (store, config) => {
    try {
      checkWebhookUrl(options.url, config.webhookAllowPrivate);
    } catch (error) {
      if (error instanceof WebhookTargetError) throw new CommandError(`--url: ${error.message}`, EXIT.usage);
      throw error;
    }
    const client = await existingClient(store, options.client);
    const secret = await store.write((db) =>
      setClientWebhook(db, { vault: store.vault, now: Date.now() }, byCommand(), client, options.url),
    );
    const printed = secret === null ? null : printSecret(secret);
    if (options.json) printJson({ client: client.name, url: options.url, secret: printed });
    else if (printed === null)
      say("set; the secret is the one it has (`honnin webhooks rotate` issues a new one)");
    else {
      say(`set; keep the secret, it is not shown again:`);
      printData(printed);
    }
  });
}

function show(options: OfClient): Promise<void> {
  return readStore(async (store) => {
    const client = await existingClient(store, options.client);
    const webhook = await findWebhook(store.read, client.id);
    if (webhook === undefined) throw new CommandError("this client has no webhook", EXIT.negative);
    const { pending, failed } = await countDeliveries(store.read, client.id);
    const oldSecretUntil = (webhook.previous_until ?? 0) > Date.now() ? isoTime(webhook.previous_until) : "";
    if (options.json) {
      printJson({
        client: client.name,
        url: webhook.url,
        enabled: webhook.disabled_at === null,
        disabled_at: isoTime(webhook.disabled_at) || null,
        disabled_why: webhook.disabled_why,
        previous_secret_until: oldSecretUntil || null,
        pending,
        failed,
      });
      return;
    }
    printTable(
      ["CLIENT", "URL", "STATE", "OLD SECRET UNTIL", "PENDING", "FAILED"],
      [
        [
          client.name,
          webhook.url,
          webhook.disabled_at === null ? "enabled" : `disabled: ${webhook.disabled_why ?? ""}`,
          oldSecretUntil,
          String(pending),
          String(failed),
        ],
      ],
    );
  });
}

function rotate(options: OfClient & { overlapHours: string }): Promise<void> {
  return writeStore(async (store) => {
    const hours = /^\d{1,3}(\.\d{1,6})?$/.test(options.overlapHours) ? Number(options.overlapHours) : NaN;
    if (!(hours <= 720)) throw new CommandError("--overlap-hours wants a number from 0 to 720", EXIT.usage);
    const client = await existingClient(store, options.client);
    const now = Date.now();
    const until = now + hours * HOUR_MS;
    const secret = await store.write((db) =>
      rotateClientSecret(db, { vault: store.vault, now }, byCommand(), client, until),
    );
    if (secret === undefined) throw new CommandError("this client has no webhook", EXIT.negative);
    if (options.json) {
      printJson({ client: client.name, secret: printSecret(secret), previous_secret_until: isoTime(until) });
    } else {
      say(`the old secret signs too until ${isoTime(until)}; keep the new one, it is not shown again:`);
      printData(printSecret(secret));
    }
  });
}

function disable(options: OfClient): Promise<void> {
  return writeStore(async (store) => {
    const client = await existingClient(store, options.client);
    const done = await store.write((db) =>
      disableClientWebhook(db, { vault: store.vault, now: Date.now() }, byCommand(), client, "by command"),
    );
    if (!done) throw new CommandError("this client has no webhook that is enabled", EXIT.negative);
    if (options.json) printJson({ client: client.name, enabled: false });
    else say(`disabled; \`honnin webhooks set\` enables it again`);
  });
}

function redeliver(
  eventId: string | undefined,
  options: { failed?: true; client?: string; json?: true },
): Promise<void> {
  if ((eventId === undefined) === (options.failed === undefined)) {
    throw new CommandError("give an event's id, or --failed", EXIT.usage);
  }
  return writeStore(async (store) => {
    const now = Date.now();
    let count: number;
    if (eventId === undefined) {
      const client = options.client === undefined ? null : await existingClient(store, options.client);
      count = await store.write((db) =>
        redeliverGivenUp(db, { vault: store.vault, now }, byCommand(), client),
      );
    } else {
      const found = await store.write(async (db) => {
        if (!(await redeliverEvent(db, eventId, now))) return false;
        await noteCommand(db, store, { act: "webhook.redelivered", target: eventId });
        return true;
      });
      if (!found) throw new CommandError("no such event, or its client has no webhook", EXIT.negative);
      count = 1;
    }
    if (options.json) printJson({ redelivered: count });
    else say(`${count} to be delivered again`);
  });
}
