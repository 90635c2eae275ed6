import { type Argument, Command } from "commander";
import { addCommands } from "./commands.js";
import { everyCommand } from "./every-command.js";
import { examplesOf } from "./examples.js";
import { VERSION } from "../project-dir.js";

const EXIT_STATUS = [
  ["0", "done; of verify and demo: verified; of doctor: nothing was found"],
  ["1", "it ran, and the answer is no"],
  ["2", "wrong arguments"],
  ["3", "the configuration is wrong"],
  ["4", "the service, Asterisk, the database or its key is not to be had"],
] as const;

/** `honnin(1)` in man(7), with every command. */
export async function manualPage(): Promise<string> {
  const program = new Command("honnin");
  await addCommands(program);
  return `${[
    `.TH HONNIN 1 "" "Honnin ${VERSION}" "User Commands"`,
    ".SH NAME",
    "honnin \\- telephone authentication over Asterisk",
    ".SH SYNOPSIS",
    ".B honnin",
    ".I command",
    "[options]",
    ".SH DESCRIPTION",
    text(
      "Proves by a real telephone call that a person holds a number. Data goes to standard output, talk to standard error; commands that print data know --json.",
    ),
    ".SH COMMANDS",
    ...[...everyCommand(program)]
      .filter(({ command }) => command.commands.length === 0)
      .flatMap(({ path, command }) => section(path, command)),
    ".SH EXIT STATUS",
    ...EXIT_STATUS.flatMap(([code, means]) => [".TP", `.B ${code}`, text(means)]),
    ".SH FILES",
    ".TP",
    ".I honnin.yaml",
    text("The settings, in the data directory (HONNIN_DATA_DIR) or where HONNIN_CONFIG says."),
  ].join("\n")}\n`;
}

function section(path: string, command: Command): readonly string[] {
  const args = command.registeredArguments.map(argument).join(" ");
  return [
    `.SS "${text(`honnin ${path}${args === "" ? "" : ` ${args}`}`)}"`,
    text(command.description()),
    ...command.registeredArguments
      .filter(({ description }) => description !== "")
      .flatMap((one) => [".TP", `.I "${text(argument(one))}"`, text(one.description)]),
    ...command.options.flatMap(({ flags, description, defaultValue }) => {
      const usual =
        typeof defaultValue === "string" && defaultValue !== "" ? ` (default: ${defaultValue})` : "";
      return [".TP", `.B "${text(flags)}"`, text(`${description}${usual}`)];
    }),
    ...examplesOf(path).flatMap((line) => [".PP", ".RS 4", ".EX", text(line), ".EE", ".RE"]),
  ];
}

function argument(one: Argument): string {
  const name = one.variadic ? `${one.name()}...` : one.name();
  return one.required ? `<${name}>` : `[${name}]`;
}

/** As roff has to have it: a hyphen is a minus, and no line begins with a control character. */
function text(words: string): string {
  return words
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll('"', "\\(dq")
    .replace(/^(?=[.'])/, "\\&");
}
