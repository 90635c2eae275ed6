import { ipVersionOf } from "../trunks/ip-version.js";
import type { Trunk } from "../trunks/trunk.js";
import { ConfigurationValueError } from "./errors.js";
import type { TemplateValues } from "./template.js";
import { parseTrunkUri } from "./trunk-uri.js";

type Reach = Pick<Trunk, "uri" | "outboundProxy" | "ipVersion">;

/** The name of the transport by which a trunk is spoken to: `transport-udp`, `transport-tls6`. */
export function transportOf(trunk: Reach): string {
  const { transport } = parseTrunkUri(trunk.outboundProxy ?? trunk.uri);
  return `transport-${transport}${ipVersionOf(trunk) === "6" ? "6" : ""}`;
}

interface Places {
  readonly sipHost: string;
  readonly sipHostV6?: string | undefined;
  readonly sipPort: number;
  readonly sipTls?: {
    readonly port: number;
    readonly ca: string;
    readonly certificate?: { readonly cert: string; readonly key: string };
  };
}

/** Those that trunks want beside UDP by IPv4, which is always there. */
export function* transportSections(
  trunks: readonly Reach[],
  { sipHost, sipHostV6, sipPort, sipTls }: Places,
  bindTo: (host: string, port: number) => string,
  render: (name: string, values: TemplateValues) => string,
): Generator<string> {
  for (const transport of new Set(trunks.map(transportOf))) {
    const host = transport.endsWith("6") ? sipHostV6 : sipHost;
    if (host === undefined)
      throw new ConfigurationValueError("HONNIN_SIP_HOST_V6", "a trunk by IPv6 needs it");
    if (transport === "transport-udp6") yield render("pjsip-udp6.conf", { bind: bindTo(host, sipPort) });
    if (transport.startsWith("transport-tcp"))
      yield render("pjsip-tcp.conf", { transport, bind: bindTo(host, sipPort) });
    if (!transport.startsWith("transport-tls")) continue;
    if (sipTls === undefined)
      throw new ConfigurationValueError("HONNIN_SIP_TLS_PORT", "a trunk by TLS needs it");
    const { port, ca, certificate } = sipTls;
    yield render("pjsip-tls.conf", { transport, bind: bindTo(host, port), caFile: ca });
    if (certificate !== undefined)
      yield render("pjsip-tls-certificate.conf", {
        transport,
        certFile: certificate.cert,
        keyFile: certificate.key,
      });
  }
}
