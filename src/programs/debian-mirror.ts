import { existsSync } from "node:fs";
import { NoDebianMirrorError } from "./fetch-errors.js";
import { runProgram } from "./run-program.js";

/** One line of an apt source list, as this machine has it. */
export interface AptSource {
  readonly uri: string;
  readonly suite: string;
  readonly component: string;
}

/** The Debian keys of this machine; newer releases write `.pgp`. */
const KEYRINGS = [
  "/usr/share/keyrings/debian-archive-keyring.gpg",
  "/usr/share/keyrings/debian-archive-keyring.pgp",
];

export function debianKeyring(): string {
  const found = KEYRINGS.find((path) => existsSync(path));
  if (found === undefined)
    throw new NoDebianMirrorError("the package debian-archive-keyring is not installed");
  return found;
}

/**
 * The Debian sources that apt on this machine uses, whatever file or mirror list they come from. Asking apt
 * rather than reading its files also honours deb822 and one-line styles alike.
 */
export async function machineSources(): Promise<AptSource[]> {
  const format = "$(ORIGIN)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)";
  const { stdout } = await runProgram(
    "apt-get",
    ["indextargets", "--format", format, "Created-By: Packages"],
    { deadlineMs: 60_000 },
  );
  const rows = stdout.split("\n").flatMap((line) => {
    const [origin = "", uri = "", suite = "", component = ""] = line.split("|");
    return uri === "" || uri.startsWith("cdrom:") ? [] : [{ origin, source: { uri, suite, component } }];
  });
  // The origin stands in the downloaded lists. A fresh container has none of these, and then the usual path
  // of a Debian archive is the sign.
  const isDebian = ({ origin, source }: { origin: string; source: AptSource }): boolean =>
    origin === ""
      ? /\/debian(-security)?\/?$/.test(source.uri) || source.uri.startsWith("mirror")
      : origin === "Debian";
  return rows.filter(isDebian).map(({ source }) => source);
}

/** The main archive among them: the one whose suites have no `-security` or `-updates`. */
export function mainArchive(sources: readonly AptSource[]): string {
  const main = sources.find(({ suite, component }) => /^[a-z]+$/.test(suite) && component === "main");
  if (main === undefined)
    throw new NoDebianMirrorError(
      "apt on this machine has no Debian mirror configured, or has never run `apt-get update`",
    );
  return main.uri;
}
