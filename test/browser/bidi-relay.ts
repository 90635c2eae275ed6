/**
 * Starts Firefox, and stands between it and its driver: `bidi-relay.ts FIREFOX LIBRARIES ARGUMENT…`.
 *
 * The driver sends commands of WebDriver BiDi that came after this Firefox, which has long-term support: how a page is
 * to look (media features, the size of the screen). What Firefox does not know of `emulation.` is answered as done; no
 * test of it relies on that. All else is passed on as it is.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { type RawData, WebSocket, WebSocketServer } from "ws";

const [program = "", libraries = "", ...args] = process.argv.slice(2);
const LISTENING = /^WebDriver BiDi listening on (ws:\/\/\S+)$/;

const firefox = spawn(program, args, {
  stdio: ["ignore", "inherit", "pipe"],
  env: { ...process.env, LD_LIBRARY_PATH: libraries },
});
firefox.once("exit", (code) => process.exit(code ?? 1));
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => firefox.kill(signal));
createInterface({ input: firefox.stderr }).on("line", (line) => {
  const url = LISTENING.exec(line)?.[1];
  if (url === undefined) process.stderr.write(`${line}\n`);
  else relay(url);
});

function relay(url: string): void {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, maxPayload: 2 ** 28 });
  server.on("listening", () => {
    const { port } = server.address() as { readonly port: number };
    process.stderr.write(`WebDriver BiDi listening on ws://127.0.0.1:${String(port)}\n`);
  });
  server.on("connection", (driver, { url: path }) => {
    const browser = new WebSocket(url + (path ?? ""), { maxPayload: 2 ** 28, perMessageDeflate: false });
    /** Commands about looks that are on their way, by their number. */
    const looks = new Set<number>();
    const waiting: string[] = [];
    driver.on("message", (data) => {
      const text = textOf(data);
      const { id, method } = JSON.parse(text) as { readonly id: number; readonly method: string };
      if (method.startsWith("emulation.")) looks.add(id);
      if (browser.readyState === WebSocket.OPEN) browser.send(text);
      else waiting.push(text);
    });
    browser.on("open", () => {
      for (const text of waiting) browser.send(text);
    });
    browser.on("message", (data) => {
      const text = textOf(data);
      const { id, error } = JSON.parse(text) as { readonly id?: number | null; readonly error?: string };
      const isLook = id !== undefined && id !== null && looks.delete(id);
      driver.send(
        isLook && error === "unknown command" ? JSON.stringify({ type: "success", id, result: {} }) : text,
      );
    });
    browser.on("close", () => {
      driver.close();
    });
    driver.on("close", () => {
      browser.close();
    });
    browser.on("error", () => {
      driver.terminate();
    });
  });
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString();
}
