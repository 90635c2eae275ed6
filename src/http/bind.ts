import type { AddressInfo, Server } from "node:net";

/**
 * Listens, and resolves with the port, which differs from the one asked for when that was 0.
 *
 * @throws when the port is taken or may not be used.
 */
export async function bind(server: Server, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      // From here on it tells of connections that could not be taken, for want of descriptors say: theirs is the loss,
      // and an error that nobody hears would end the process.
      server.on("error", () => undefined);
      resolve();
    });
  });
  return (server.address() as AddressInfo).port;
}
