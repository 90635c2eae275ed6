import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { fetched, PROJECT_DIR } from "../phones/programs.js";
import { PATIENCE_MS, WaitingRoom } from "../phones/waiting.js";

export const LANGUAGES = ["typescript", "php", "python"] as const;
export type Language = (typeof LANGUAGES)[number];

export interface SiteMember {
  readonly user: string;
  readonly name: string;
  readonly number: string;
}

export interface SiteSettings {
  readonly url: string;
  readonly key: string;
  readonly certFile: string;
  readonly did: string;
  readonly members: readonly SiteMember[];
  /** For what the test writes for the site. */
  readonly folder: string;
}

const EXAMPLE = path.join(PROJECT_DIR, "examples/password-reset");

/** One of the examples as an integrator runs it: a process of its own that has an address, a key and a certificate. */
export class ExampleSite {
  readonly origin: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #said: () => string;

  private constructor(origin: string, child: ChildProcess, ended: Promise<unknown>, said: () => string) {
    this.origin = origin;
    this.#child = child;
    this.#ended = ended;
    this.#said = said;
  }

  static async start(language: Language, settings: SiteSettings): Promise<ExampleSite> {
    const folder = path.join(settings.folder, language);
    mkdirSync(folder, { recursive: true });
    const members = path.join(folder, "members.json");
    writeFileSync(members, JSON.stringify(settings.members));
    const port = await freeTcpPort();
    const { file, args } = await program(language, port);
    const clean = Object.entries(process.env).filter(([name]) => !/^(HONNIN_|NODE_OPTIONS$)/.test(name));
    const child = spawn(file, args, {
      cwd: path.join(EXAMPLE, language),
      env: {
        ...Object.fromEntries(clean),
        // Visitors come at the same time; PHP's own server takes one after another unless it is told so.
        PHP_CLI_SERVER_WORKERS: "8",
        PYTHONDONTWRITEBYTECODE: "1",
        HONNIN_URL: settings.url,
        HONNIN_KEY: settings.key,
        HONNIN_CERT: settings.certFile,
        SITE_DID: settings.did,
        SITE_MEMBERS: members,
        SITE_PORT: String(port),
        SITE_SESSIONS: folder,
      },
      stdio: ["ignore", "pipe", "pipe"],
      // The workers of PHP's server are ended with it.
      detached: true,
    });
    let said = "";
    const room = new WaitingRoom();
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      room.look();
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    const ended = once(child, "close").then(() => {
      room.close(new Error(`the site ended, having said:\n${said}`));
    });
    const origin = `http://localhost:${port}`;
    await room.until(
      () => (said.includes(`:${port}`) ? true : undefined),
      PATIENCE_MS,
      `the ${language} site`,
    );
    return new ExampleSite(origin, child, ended, () => said);
  }

  /** What it wrote for whoever runs it. */
  get said(): string {
    return this.#said();
  }

  async stop(): Promise<void> {
    try {
      process.kill(-this.#child.pid!, "SIGTERM");
    } catch {
      // It has ended already.
    }
    await this.#ended;
  }
}

/** How README.md says that it is run. */
async function program(language: Language, port: number): Promise<{ file: string; args: readonly string[] }> {
  switch (language) {
    case "typescript":
      return { file: process.execPath, args: ["--experimental-strip-types", "server.ts"] };
    case "python":
      return { file: "python3", args: ["server.py"] };
    case "php": {
      const php = await fetched("php");
      const { file, args } = php.command("usr/bin/php8.4");
      const curl = path.join(php.root, "usr/lib/php/20240924/curl.so");
      const site = ["-S", `localhost:${port}`, "index.php"];
      // Nothing of this machine's configuration; curl is there as a distribution has it.
      return { file, args: [...args, "-n", "-d", `extension=${curl}`, ...site] };
    }
  }
}

async function freeTcpPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
