import { type Context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import type { ToldSpan } from "./told-span.js";

/** Spans that wait for the collector; more are let go: no trace is worth a call. */
const MOST_WAITING = 4_096;
const EXPORT_MS = 10_000;

export interface TraceSink {
  tell(span: ToldSpan): void;
  /** Sends what waits; never rejects. */
  close(): Promise<void>;
}

/**
 * Sends traces by OTLP over HTTP. This is the one module that knows OpenTelemetry, and it is loaded only where traces are
 * asked for. Headers for the collector are the library's own setting: OTEL_EXPORTER_OTLP_HEADERS.
 *
 * @param url of the collector: `http://127.0.0.1:4318/v1/traces`.
 */
export function otlpTraces(
  url: string,
  { version, node }: { readonly version: string; readonly node: string },
): TraceSink {
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: EXPORT_MS });
  const spans = new BatchSpanProcessor(exporter, {
    maxQueueSize: MOST_WAITING,
    exportTimeoutMillis: EXPORT_MS,
  });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({
      "service.name": "honnin",
      "service.version": version,
      "service.instance.id": node,
    }),
    spanProcessors: [spans],
  });
  const tracer = provider.getTracer("honnin", version);
  const tell = ({ name, from, to, failed, attributes, moments, parts }: ToldSpan, within: Context): void => {
    const span = tracer.startSpan(name, { kind: SpanKind.INTERNAL, startTime: from, attributes }, within);
    for (const moment of moments) span.addEvent(moment.name, moment.attributes, moment.at);
    if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
    for (const part of parts) tell(part, trace.setSpan(within, span));
    span.end(to);
  };
  return {
    tell: (span) => {
      tell(span, ROOT_CONTEXT);
    },
    // A collector that is away is told of by the library's own diagnostics, and by nothing that a caller would notice.
    close: () => provider.shutdown().catch(() => undefined),
  };
}
