import type { Command } from "commander";
import { Receipts } from "../../receipts/receipts.js";
import { receiptSettings } from "../../service/service-settings.js";
import { readVerification } from "../../store/verifications.js";
import { LANG_OPTION } from "../both.js";
import { writeStore } from "../context.js";
import { CommandError, EXIT } from "../exit-codes.js";
import { CLIENT_OPTION, locateVerification } from "../found-verification.js";
import { printData, printJson } from "../output.js";
import { listKeys, revoke, rotate } from "./keys.js";
import { verify } from "./verify.js";

export function addReceiptCommands(program: Command): void {
  const receipt = program.command("receipt").description("signed receipts of verifications, and their keys");
  receipt
    .command("show")
    .argument("<id>", "the verification's id")
    .option(...CLIENT_OPTION)
    .option("--json", "print {receipt, claims}")
    .description("print the receipt of a verification that has ended, with the number's keyed hash alone")
    .action(show);
  receipt
    .command("verify")
    .argument("<file>", "the receipt, or the API's answer with it; - reads standard input")
    .option("--jwks <file or URL>", "the keys to trust; default: this installation's own")
    .option("--issuer <name>", "who must have issued it; default with our own keys: we")
    .option("--audience <client id>", "for whom it must be")
    .option(...LANG_OPTION)
    .option("--json", "print JSON")
    .description("verify a receipt; exit 1, with what is wrong, where it is not valid")
    .action(verify);
  receipt
    .command("keys")
    .option("--json", "print JSON")
    .description("list the keys of receipts, without their private parts")
    .action(listKeys);
  receipt
    .command("rotate")
    .option("--at-once", "sign with it now, not a day from now: copies of the keys lack it")
    .option("--json", "print JSON")
    .description("publish another key, which signs a day from now")
    .action(rotate);
  receipt
    .command("revoke")
    .argument("<kid>", "as receipt keys lists it")
    .description(
      "publish a key no more, at once, as when it was compromised; where it signed, a new one does",
    )
    .action(revoke);
}

/** May have to make the key. */
function show(id: string, options: { client?: string; json?: true }): Promise<void> {
  return writeStore(async (store, config) => {
    const row = await locateVerification(store, id, options.client);
    const stored = await readVerification(store.read, row.client_id, row.id);
    const receipts = new Receipts(store, Date.now, receiptSettings(config));
    const made = stored === undefined ? null : await receipts.of(stored, "hash");
    if (made === null)
      throw new CommandError(`${id}: まだ終了していません / it has not ended yet`, EXIT.negative);
    if (options.json === true) printJson(made);
    else printData(made.receipt);
  });
}
