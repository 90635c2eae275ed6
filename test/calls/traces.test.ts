import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { PATIENCE_MS, poll } from "../phones/waiting.js";
import { CallService } from "./call-service.js";

interface OtlpAttribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number };
}

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly OtlpAttribute[];
  readonly events: readonly { readonly name: string; readonly timeUnixNano: string }[];
}

/** Takes what a collector of OpenTelemetry takes, as JSON. */
class Collector {
  readonly texts: string[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<Collector> {
    const server = createServer((request, response) => {
      let text = "";
      request.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      request.on("end", () => {
        collector.texts.push(text);
        response.setHeader("content-type", "application/json").end("{}");
      });
    });
    const collector = new Collector(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}/v1/traces`;
  }

  get spans(): readonly OtlpSpan[] {
    return this.texts.flatMap((text) => {
      const { resourceSpans } = JSON.parse(text) as {
        resourceSpans: { scopeSpans: { spans: OtlpSpan[] }[] }[];
      };
      return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
    });
  }

  /** The trace of one verification, root first, as soon as it is there. */
  async traceOf(id: string): Promise<readonly OtlpSpan[]> {
    const root = (): OtlpSpan | undefined =>
      this.spans.find((span) => attribute(span, "honnin.verification") === id);
    await poll(() => Promise.resolve(root() !== undefined), PATIENCE_MS, `the trace of ${id}`);
    const first = root()!;
    return [
      first,
      ...this.spans.filter(({ traceId, spanId }) => traceId === first.traceId && spanId !== first.spanId),
    ];
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

function attribute({ attributes }: OtlpSpan, name: string): string | number | undefined {
  const { value } = attributes.find(({ key }) => key === name) ?? {};
  return value?.stringValue ?? value?.intValue;
}

describe("traces of verifications", function () {
  this.timeout(240_000);
  let collector: Collector;
  let calls: CallService;

  before(async () => {
    collector = await Collector.start();
    calls = await CallService.start({ HONNIN_TRACES_URL: collector.url, HONNIN_NODE: "node-7" });
  });
  after(async () => {
    await calls.stop();
    await collector.stop();
  });

  it("go from the registration to the end of the call, and name nobody", async () => {
    const { phone, number } = await calls.phone("answers");
    const { id } = await calls.register(number, { code: "271828", metadata: { order: "secret-order" } });
    await phone.answered();
    await calls.happened(id, "listening");
    await phone.press("271828");
    await phone.hungUpOn();
    const result = await calls.ended(id);
    const [root, ...parts] = await collector.traceOf(id);
    expect(root!.name).to.equal("verification outbound keypad");
    expect(collector.texts.join("")).to.include(
      '{"key":"service.instance.id","value":{"stringValue":"node-7"}}',
    );
    expect(root!.parentSpanId ?? "").to.equal("");
    expect(attribute(root!, "honnin.status")).to.equal("verified");
    expect(parts.map(({ name }) => name)).to.have.members(["wait for the call", "call outbound"]);
    for (const part of parts) expect(part.parentSpanId).to.equal(root!.spanId);
    const call = parts.find(({ name }) => name === "call outbound")!;
    expect(call.events.map(({ name }) => name)).to.include.members([
      "ringing",
      "answered",
      "said",
      "listening",
      "ruled",
    ]);
    expect(attribute(call, "honnin.trunk")).to.equal("trunk");
    const at = (text: string): string => `${String(Date.parse(text))}000000`;
    expect(call.startTimeUnixNano).to.equal(at(result.attempts[0]!.started_at));
    expect(call.endTimeUnixNano, "after the goodbye").to.equal(at(result.attempts[0]!.ended_at!));
    const all = collector.texts.join("");
    for (const secret of [number, number.slice(1), "271828", "secret-order"])
      expect(all).not.to.contain(secret);
  });

  it("of a call that was refused says so", async () => {
    const { number } = await calls.phone("busy-486");
    const { id } = await calls.register(number);
    await calls.ended(id);
    const [root, ...parts] = await collector.traceOf(id);
    expect(attribute(root!, "honnin.reason")).to.equal("busy");
    const call = parts.find(({ name }) => name === "call outbound")!;
    expect([attribute(call, "honnin.outcome"), attribute(call, "honnin.sip_status")]).to.deep.equal([
      "busy",
      486,
    ]);
  });

  it("that nobody collects hold nothing up: calls go on, and so does the stop", async () => {
    await collector.stop();
    const { number } = await calls.phone("busy-486");
    const { id } = await calls.register(number);
    expect(await calls.ended(id)).to.include({ reason: "busy" });
    await calls.service.stop(0);
    collector = await Collector.start();
  });
});
