import path from "node:path";
import { ensureComponent } from "../../src/programs/components.js";
import { debianKeyring, machineSources, mainArchive } from "../../src/programs/debian-mirror.js";
import { PROJECT_DIR } from "../phones/programs.js";

/** Where packages of a suite come from. */
interface Distribution {
  readonly uri: string;
  readonly components: string;
  /** A file of this machine. */
  readonly keyring: string;
  /** What is there as well in the smallest of all, with commas. */
  readonly packages: string;
}

const UBUNTU = ["noble", "resolute"];

export function isUbuntu(suite: string): boolean {
  return UBUNTU.includes(suite);
}

/** What apt of this machine has for Debian; of the same mirror's Ubuntu, which lies beside. */
export async function distributionOf(suite: string): Promise<Distribution> {
  const debian = await debianMirror();
  if (!isUbuntu(suite))
    return { uri: debian, components: "main", keyring: debianKeyring(), packages: "debian-archive-keyring" };
  const { root } = await ensureComponent("ubuntu-keyring", {
    projectDir: PROJECT_DIR,
    progress: () => undefined,
  });
  return {
    uri: debian.replace(/debian\/?$/, "ubuntu"),
    components: "main universe",
    keyring: path.join(root, "usr/share/keyrings/ubuntu-archive-keyring.gpg"),
    packages: "apt,ubuntu-keyring",
  };
}

/** The mirror that this machine's apt uses. */
export async function debianMirror(): Promise<string> {
  return mainArchive(await machineSources());
}
