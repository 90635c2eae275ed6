import { BlockList, isIP, isIPv6 } from "node:net";
import type { Trunk } from "./trunk.js";
import { readTrunkUri } from "./trunk-uri.js";

/**
 * The trunks from whose addresses calls of several may come: a carrier at which we have two registrations. By the
 * address alone it cannot be told which one a call came by.
 *
 * @returns sets of two or more.
 */
export function sharingAddresses<T extends Pick<Trunk, "uri" | "outboundProxy" | "addresses">>(
  trunks: readonly T[],
): readonly (readonly T[])[] {
  const groups: T[][] = [];
  for (const trunk of trunks) {
    const joined = groups.filter((group) => group.some((other) => overlap(sources(other), sources(trunk))));
    for (const group of joined) groups.splice(groups.indexOf(group), 1);
    groups.push([...joined.flat(), trunk]);
  }
  return groups.filter((group) => group.length > 1);
}

/** Names, addresses and networks. */
export function sources({
  uri,
  outboundProxy,
  addresses,
}: Pick<Trunk, "uri" | "outboundProxy" | "addresses">): string[] {
  const hosts = [uri, ...(outboundProxy === undefined ? [] : [outboundProxy])].map(
    (text) => readTrunkUri(text)?.host,
  );
  return [...new Set([...hosts.filter((host) => host !== undefined), ...addresses])];
}

function overlap(some: readonly string[], others: readonly string[]): boolean {
  return some.some((one) =>
    others.some((other) => one === other || covers(one, other) || covers(other, one)),
  );
}

/** Networks are nested or apart: one that holds the first address of another overlaps with it. */
function covers(network: string, other: string): boolean {
  const [base = "", bits] = network.split("/");
  const [first = ""] = other.split("/");
  const family = isIP(base);
  if (family === 0 || family !== isIP(first)) return false;
  const type = isIPv6(base) ? "ipv6" : "ipv4";
  const list = new BlockList();
  if (bits === undefined) list.addAddress(base, type);
  else list.addSubnet(base, Number(bits), type);
  return list.check(first, type);
}
