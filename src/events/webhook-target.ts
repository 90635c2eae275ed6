import { lookup as resolve, type LookupAddress } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** The address of a webhook is one we do not send to. */
export class WebhookTargetError extends Error {
  readonly code = "target_refused";

  constructor(message: string) {
    super(message);
    this.name = "WebhookTargetError";
  }
}

/** IANA special-purpose registries (RFC 6890 and later): nothing there is a public server. */
const NOT_PUBLIC_V4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
];
/** Of IPv6 only global unicast is public; these parts of it hide IPv4 addresses or are for documentation. */
const GLOBAL_V6 = ["2000::", 3] as const;
const NOT_PUBLIC_V6: readonly (readonly [string, number])[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

const notPublic = new BlockList();
for (const [net, prefix] of NOT_PUBLIC_V4) notPublic.addSubnet(net, prefix, "ipv4");
for (const [net, prefix] of NOT_PUBLIC_V6) notPublic.addSubnet(net, prefix, "ipv6");
const global = new BlockList();
global.addSubnet(...GLOBAL_V6, "ipv6");

function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !notPublic.check(address, "ipv4");
    case 6:
      return global.check(address, "ipv6") && !notPublic.check(address, "ipv6");
    default:
      return false;
  }
}

/**
 * Looks at the URL alone; names are looked at when they are resolved, by {@link guardedLookup}.
 *
 * @throws {WebhookTargetError}
 */
export function checkWebhookUrl(text: string, allowPrivate: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) throw new WebhookTargetError("not a URL");
  if (url.protocol !== "https:" && !(allowPrivate && url.protocol === "http:")) {
    throw new WebhookTargetError("a webhook goes to an https URL");
  }
  if (url.username !== "" || url.password !== "") {
    throw new WebhookTargetError("a webhook's URL has no user or password in it");
  }
  // node:net resolves no literal address, so guardedLookup would never see it.
  const host = hostOf(url);
  if (isIP(host) !== 0 && !allowPrivate && !isPublicAddress(host)) {
    throw new WebhookTargetError("a webhook does not go to a private address");
  }
  return url;
}

/** The host without the brackets that a URL puts around an IPv6 address. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1");
}

/**
 * Resolves a name for a connection that is being made, and refuses it when any of its addresses is
 * not public. The address that was judged is the address that is connected to, so a name that
 * resolves to something else a moment later (DNS rebinding) gains nothing.
 */
export function guardedLookup(allowPrivate: boolean): LookupFunction {
  return (host, options, done) => {
    resolve(host, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error !== null) {
        done(error, "");
        return;
      }
      const [first] = addresses;
      if (
        first === undefined ||
        !(allowPrivate || addresses.every(({ address }) => isPublicAddress(address)))
      ) {
        done(new WebhookTargetError("the name leads to a private address"), "");
        return;
      }
      if (options.all === true) done(null, addresses);
      else done(null, first.address, first.family);
    });
  };
}
