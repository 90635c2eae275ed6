import { readdir, readFile, readlink } from "node:fs/promises";

/** A program that runs, for people: `nginx (pid 4242)`. */
export async function processName(pid: number): Promise<string> {
  const name = await readFile(`/proc/${String(pid)}/comm`, "utf8").catch(() => "?");
  return `${name.trim()} (pid ${String(pid)})`;
}

/** Sockets that are bound, as the kernel lists them (proc(5)). */
export interface BoundSocket {
  readonly protocol: "tcp" | "udp";
  readonly port: number;
  /** Whose; null: of somebody whose files we may not see. */
  readonly pid: number | null;
}

const LISTENING = "0A";

/** What listens by TCP and is bound by UDP on this machine. */
export async function boundSockets(): Promise<readonly BoundSocket[]> {
  const rows = (
    await Promise.all(
      (["tcp", "tcp6", "udp", "udp6"] as const).map(async (table) => {
        const text = await readFile(`/proc/net/${table}`, "utf8").catch(() => "");
        const protocol = table.startsWith("tcp") ? ("tcp" as const) : ("udp" as const);
        return text
          .split("\n")
          .slice(1)
          .flatMap((line) => {
            const [, local = "", , state, , , , , , inode] = line.trim().split(/\s+/);
            const port = parseInt(local.split(":")[1] ?? "", 16);
            if (!(port > 0) || inode === undefined || (protocol === "tcp" && state !== LISTENING)) return [];
            return [{ protocol, port, inode }];
          });
      }),
    )
  ).flat();
  const owners = await ownersOf(new Set(rows.map(({ inode }) => inode)));
  return rows.map(({ protocol, port, inode }) => ({ protocol, port, pid: owners.get(inode) ?? null }));
}

async function ownersOf(inodes: ReadonlySet<string>): Promise<ReadonlyMap<string, number>> {
  const owners = new Map<string, number>();
  for (const pid of (await readdir("/proc").catch(() => [])).filter((entry) => /^\d+$/.test(entry))) {
    for (const file of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      const target = await readlink(`/proc/${pid}/fd/${file}`).catch(() => "");
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
      if (inode !== undefined && inodes.has(inode)) owners.set(inode, Number(pid));
    }
  }
  return owners;
}
