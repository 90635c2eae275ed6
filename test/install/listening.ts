import { readFile } from "node:fs/promises";

/** 127.0.0.1 and ::1, as the kernel writes them. */
export const LOOPBACK = ["0100007F", "00000000000000000000000001000000"];

/**
 * At which a user's processes listen (TCP) or take what comes from anywhere (UDP), as proc(5) has them in /proc/net. Not at the
 * UDP ports that the kernel gives to who asks for none: from such a one Asterisk asks the name servers.
 */
export async function listeningAddresses(uid: string): Promise<string[]> {
  const found: string[] = [];
  const range = await readFile("/proc/sys/net/ipv4/ip_local_port_range", "utf8");
  const given = Number(range.split(/\s+/)[0]);
  for (const protocol of ["tcp", "tcp6", "udp", "udp6"]) {
    const [, ...lines] = (await readFile(`/proc/net/${protocol}`, "utf8")).trim().split("\n");
    for (const line of lines) {
      const [, local = "", remote = "", state, , , , owner] = line.trim().split(/\s+/);
      const [address = "", port = ""] = local.split(":");
      const takes = protocol.startsWith("tcp")
        ? state === "0A"
        : /^0+:0000$/.test(remote) && parseInt(port, 16) < given;
      if (owner === uid && takes) found.push(address);
    }
  }
  return found;
}
