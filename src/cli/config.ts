import type { Command } from "commander";
import { withUnset } from "../setting.js";
import { SETTINGS, type SettingKey } from "../settings.js";
import { shownGateways } from "../sms/shown-gateways.js";
import { shownTrunks } from "../trunks/shown-trunks.js";
import { snakeCase } from "../trunks/snake-case.js";
import { readConfig } from "./context.js";
import { printJson, printTable, say } from "./output.js";

export function addConfigCommands(program: Command): void {
  const config = program.command("config").description("the settings");
  config
    .command("check")
    .option("--all", "print every setting with its value and meaning")
    .option("--json", "print JSON")
    .description("read the settings as the service would; exit 3 when one is wrong")
    .action((options: { all?: true; json?: true }) => {
      const values = readConfig();
      const shown = (Object.keys(SETTINGS) as SettingKey[]).map((key) => {
        const value = values[key];
        const hidden = SETTINGS[key].secret && value !== undefined;
        return {
          setting: snakeCase(key),
          env: SETTINGS[key].env,
          value: hidden ? "(set)" : (value ?? null),
          meaning: withUnset(SETTINGS[key]),
        };
      });
      const settings = Object.fromEntries(shown.map((row) => [row.setting, row.value]));
      const trunks = shownTrunks(values.trunks);
      const sms = shownGateways(values.sms);
      if (options.json) printJson({ ...settings, trunks, sms });
      else if (options.all)
        printTable(
          ["SETTING", "ENVIRONMENT", "VALUE", "MEANING"],
          shown.map((row) => [
            row.setting,
            row.env,
            row.value === null ? "" : String(row.value),
            row.meaning,
          ]),
        );
      for (const { name, uri } of values.trunks) say(`trunk ${name}: ${uri}`);
      for (const { name, url } of values.sms) say(`SMS gateway ${name}: ${url}`);
      say(`the settings are valid (${values.configFile ?? "no honnin.yaml, environment and defaults only"})`);
    });
}
