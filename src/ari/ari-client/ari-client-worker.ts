import { STATUS_CODES } from "node:http";
import { parentPort, workerData } from "node:worker_threads";
import type { Client, SwaggerOperation, SwaggerResponse } from "ari-client";
import type { FromWorker, ToWorker, WorkerLogin } from "./ari-client-messages.js";

/**
 * The thread in which `ari-client` lives, one login and one link a thread. Whatever goes wrong in here ends
 * the thread, and its owner starts another: nothing is retried, and nothing has a deadline, on this side.
 */
const port = parentPort;
if (port === null) throw new Error("this is the body of a worker thread");
const login = workerData as WorkerLogin;
const tell = (message: FromWorker): void => {
  port.postMessage(message);
};

// It is built on APIs that Node has deprecated since (url.parse, punycode); nobody can act on the warnings.
process.noDeprecation = true;
const { default: ariClient } = await import("ari-client");

const client = await ariClient.connect(login.url, login.username, login.password);
client.on("pong", () => {
  tell({ kind: "pong" });
});
client.on("WebSocketReconnecting", (error?: Error) => {
  tell({ kind: "broken", why: error?.message ?? "closed" });
  // At once, before its own reconnect: that one would receive events which nobody here passes on.
  process.exit();
});
const started = client.start(login.application);
// Its own reader of messages throws at a type that it does not know, and makes objects that nobody uses
// of those that it does. The text goes to our own.
client._ws.removeAllListeners("message");
client._ws.on("message", (data: unknown) => {
  tell({ kind: "message", text: String(data) });
});
await started;
const unfiltered = await filterEvents();
port.on("message", (message: ToWorker) => {
  switch (message.kind) {
    case "ping":
      client.ping();
      return;
    case "request":
      ask(client, message.resource, message.operation, message.args, ({ status, data }) => {
        tell({
          kind: "answer",
          response: {
            type: "RESTResponse",
            request_id: message.id,
            status_code: status,
            reason_phrase: STATUS_CODES[status] ?? "",
            ...(data === undefined ? {} : { message_body: asText(data) }),
          },
        });
      });
  }
});
tell({
  kind: "up",
  unfiltered,
  abilities: {
    hangsUpByCode: parametersOf("channels", "hangup").includes("reason_code"),
    tellsTechCause:
      client._swagger.apis["events"]?.models["ChannelDestroyed"]?.properties.some(
        ({ name }) => name === "tech_cause",
      ) ?? false,
  },
});

/** Nobody needs the other forty event types. @returns why all of them will come, or null. */
function filterEvents(): Promise<string | null> {
  // Since 13.26 and 16.3.
  if (parametersOf("applications", "filter").length === 0) return Promise.resolve("it has no event filter");
  const body = JSON.stringify({ allowed: login.wanted.map((type) => ({ type })) });
  const args = { applicationName: login.application, body };
  return new Promise((resolve) => {
    ask(client, "applications", "filter", args, ({ status }) => {
      resolve(status < 400 ? null : `it answered ${status}`);
    });
  });
}

/** Asks by way of the description that Asterisk gave of itself. An answer that is lost on its way never comes. */
function ask(
  { _swagger }: Client,
  resource: string,
  operation: string,
  args: Readonly<Record<string, string>>,
  answered: (response: SwaggerResponse) => void,
): void {
  const operations = _swagger.apis[resource] as unknown as
    Readonly<Record<string, SwaggerOperation | undefined>> | undefined;
  const act = operations?.[operation];
  if (act === undefined) answered({ status: 501 });
  else act({ ...args }, answered, answered);
}

function parametersOf(resource: string, operation: string): string[] {
  const described = client._swagger.apis[resource]?.operations[operation];
  return described?.parameters.map(({ name }) => name) ?? [];
}

function asText(data: string | Uint8Array): string {
  return typeof data === "string" ? data : Buffer.from(data).toString("utf8");
}
