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
      resolve();
    });
  });
  return (server.address() as AddressInfo).port;
}
