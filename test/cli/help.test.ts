import { expect } from "chai";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import path from "node:path";
import { Command } from "commander";
import { addCommands } from "../../src/cli/commands.js";
import { addExamples, examplesOf } from "../../src/cli/examples.js";
import { suggestion } from "../../src/cli/suggestion.js";
import { fetched, PROJECT_DIR } from "../phones/programs.js";
import { tempDir } from "../support/temp-dir.js";
import { HonninCommand, setUp } from "./honnin-command.js";

const run = promisify(execFile);

function leaves(parent: Command, before = ""): (readonly [string, Command])[] {
  return parent.commands.flatMap((command) => {
    const own = `${before} ${command.name()}`.trim();
    return command.commands.length > 0 ? leaves(command, own) : [[own, command] as const];
  });
}

/** What man prints twice in one place to make it bold. */
function withoutOverstrikes(text: string): string {
  return [...text].reduce((before, char) => (char === "\b" ? before.slice(0, -1) : before + char), "");
}

/** @returns what it printed. @throws when it complains. */
async function shellRun(program: string, args: readonly string[]): Promise<string> {
  const { file, args: before, env } = (await fetched("shells")).command(program);
  const { stdout, stderr } = await run(file, [...before, ...args], { env: { ...env, LC_ALL: "C.UTF-8" } });
  expect(stderr).to.equal("");
  return stdout;
}

function lines(text: string): readonly string[] {
  return text
    .trim()
    .split("\n")
    .map((line) => line.split("\t")[0] ?? "");
}

describe("what helps with commands", () => {
  let program: Command;

  before(async () => {
    await setUp();
    program = new Command("honnin");
    await addCommands(program);
    addExamples(program);
  });

  it("has examples of every command, with options that it has", () => {
    for (const [name, command] of leaves(program)) {
      const examples = examplesOf(name);
      expect(examples, name).not.to.deep.equal([]);
      const known = command.options.flatMap(({ long }) => (typeof long === "string" ? [long] : []));
      for (const example of examples) {
        expect(example, name).to.contain(`honnin ${name}`);
        for (const [option] of example.matchAll(/--[a-z-]+/g)) expect(known, example).to.include(option);
      }
    }
  });

  it("prints them at the end of the help", async () => {
    const dir = await tempDir();
    try {
      const { code, stdout } = await HonninCommand.run(dir.path, ["key", "create", "--help"]);
      expect(code).to.equal(0);
      expect(stdout).to.match(/Examples:\n {2}\$ honnin key create --client shop/);
    } finally {
      await dir.remove();
    }
  });

  describe("in bash", () => {
    let script: string;

    before(async () => {
      const dir = await tempDir();
      script = (await HonninCommand.run(dir.path, ["completion", "bash"])).stdout;
      await dir.remove();
    });

    /** What bash would offer after these words. */
    async function offered(...words: readonly string[]): Promise<string[]> {
      const list = words.map((word) => `'${word}'`).join(" ");
      const ask = `${script}\nCOMP_WORDS=(${list}); COMP_CWORD=${String(words.length - 1)}; _honnin; echo "\${COMPREPLY[@]}"`;
      const { stdout } = await run("bash", ["--norc", "-c", ask]);
      return stdout.trim().split(" ");
    }

    it("commands, those of a group, and options are completed", async () => {
      expect(await offered("honnin", "")).to.include.members([
        "serve",
        "doctor",
        "trace",
        "verifications",
        "--help",
      ]);
      expect(await offered("honnin", "ver")).to.deep.equal(["verify", "verifications"]);
      expect(await offered("honnin", "key", "")).to.include.members(["create", "list", "revoke"]);
      expect(await offered("honnin", "key", "create", "--cl")).to.deep.equal(["--client"]);
      expect(await offered("honnin", "doctor", "--j")).to.deep.equal(["--json"]);
    });

    it("by a script of their own in zsh and fish", async () => {
      const dir = await tempDir();
      const scriptOf = async (shell: string): Promise<string> =>
        (await HonninCommand.run(dir.path, ["completion", shell])).stdout;
      const zsh = async (...words: readonly string[]): Promise<readonly string[]> => {
        // Its modules lie where it was unpacked, and outside its line editor zsh has none of these functions.
        const { root } = await fetched("shells");
        const around =
          `module_path=(${root}/usr/lib/*/zsh/*(/)); ` +
          'compdef() {}; _files() {}; compadd() { shift; print -l -- "$@"; }';
        const list = words.map((word) => `'${word}'`).join(" ");
        const ask = `${around}\n${await scriptOf("zsh")}\nwords=(${list}); CURRENT=${String(words.length)}; _honnin`;
        return lines(await shellRun("usr/bin/zsh", ["-f", "-c", ask]));
      };
      const fish = async (line: string): Promise<readonly string[]> => {
        const file = path.join(dir.path, "honnin.fish");
        await writeFile(file, await scriptOf("fish"));
        return lines(await shellRun("usr/bin/fish", ["-N", "-c", `source ${file}; complete -C "${line}"`]));
      };
      try {
        expect(await zsh("honnin", "")).to.include.members(["serve", "doctor", "trace", "--help"]);
        expect(await zsh("honnin", "key", "")).to.include.members(["create", "list", "revoke"]);
        expect(await zsh("honnin", "key", "create", "")).to.include.members(["--client", "--label"]);
        expect(await fish("honnin ver")).to.include.members(["verify", "verifications"]);
        expect(await fish("honnin key ")).to.include.members(["create", "list", "revoke"]);
        expect(await fish("honnin key create --cl")).to.deep.equal(["--client"]);
      } finally {
        await dir.remove();
      }
    });

    it("no other shell is taken for it", async () => {
      const dir = await tempDir();
      const { code } = await HonninCommand.run(dir.path, ["completion", "tcsh"]);
      await dir.remove();
      expect(code).to.equal(2);
    });
  });

  it("has a page for man, without a warning, that has every command", async () => {
    const page = path.join(PROJECT_DIR, "dist/man/man1/honnin.1");
    const plain = withoutOverstrikes(await shellRun("usr/bin/mandoc", ["-T", "utf8", "-W", "error", page]));
    for (const [name] of leaves(program)) expect(plain).to.contain(`honnin ${name}`);
    expect(plain).to.contain("EXIT STATUS");
  });

  it("suggests what was meant, and nothing where nothing is near", () => {
    expect(suggestion("shpo", ["shop", "bank"])).to.equal(" (did you mean shop?)");
    expect(suggestion("zzzzzz", ["shop", "bank"])).to.equal("");
    expect(suggestion("shop", [])).to.equal("");
    expect(suggestion("--x", ["shop"])).to.equal("");
  });
});
