import { type Argument, Command, type Option } from "commander";
import { addCommands } from "../../src/cli/commands.js";
import type { Say } from "./languages.js";
import { code, marked, table } from "./table.js";

/** Every command: those that stand by themselves first, then a table a group. */
export async function commandsTables(say: Say): Promise<string> {
  const program = new Command("honnin");
  await addCommands(program);
  const { commands } = program;
  const groups = commands.filter((command) => command.commands.length > 0);
  return [
    commandsTable(
      commands.filter((command) => command.commands.length === 0),
      say,
    ),
    ...groups.map((group) =>
      [
        `### honnin ${group.name()}`,
        sentence(group.description(), say),
        commandsTable(group.commands, say),
      ].join("\n\n"),
    ),
  ].join("\n\n");
}

function commandsTable(commands: readonly Command[], say: Say): string {
  return table(
    [say("command"), say("what it does")],
    commands.map((command) => [code(synopsis(command)), explained(command, say)]),
  );
}

/** `client set <name> <key=value...> [--json]` */
function synopsis(command: Command): string {
  const { parent } = command;
  const group = parent?.parent ? `${parent.name()} ` : "";
  const words = [
    ...command.registeredArguments.map(argumentInSynopsis),
    ...command.options.map((option) => (option.mandatory ? option.flags : `[${option.flags}]`)),
  ];
  return `${group}${[command.name(), ...words].join(" ")}`;
}

function argumentInSynopsis(argument: Argument): string {
  const name = argument.variadic ? `${argument.name()}...` : argument.name();
  return argument.required ? `<${name}>` : `[${name}]`;
}

/** What it does, and a line for each argument and option; JSON is printed as JSON everywhere. */
function explained(command: Command, say: Say): string {
  const given = command.registeredArguments.filter(({ description }) => description !== "");
  const options = command.options.filter(({ description }) => description !== "print JSON");
  return [
    marked(say(command.description())),
    ...given.map((argument) => `${code(argumentInSynopsis(argument))}: ${marked(say(argument.description))}`),
    ...options.map(
      (option) => `${code(option.flags)}: ${marked(say(option.description))}${usual(option, say)}`,
    ),
  ].join("<br>");
}

function usual({ defaultValue }: Option, say: Say): string {
  return typeof defaultValue === "string" && defaultValue !== ""
    ? say(" (default: VALUE)").replace("VALUE", code(defaultValue))
    : "";
}

function sentence(description: string, say: Say): string {
  const said = say(description);
  return say("SENTENCE.").replace("SENTENCE", marked(said.charAt(0).toUpperCase() + said.slice(1)));
}
