/** What is used of `ari-client` 2.2.0, which brings no types; its `_` fields are frozen since 2020. */
declare module "ari-client" {
  import type { EventEmitter } from "node:events";

  export interface SwaggerResponse {
    readonly status: number;
    readonly data?: string | Uint8Array;
  }

  /** Both callbacks get the whole answer, whereas `client.channels.…` keeps the text of an error only. */
  export type SwaggerOperation = (
    args: Record<string, string>,
    succeeded: (response: SwaggerResponse) => void,
    failed: (response: SwaggerResponse) => void,
  ) => void;

  interface SwaggerResource {
    /** By nickname, as this Asterisk describes them. */
    readonly operations: Readonly<
      Record<string, { readonly parameters: readonly { readonly name: string }[] } | undefined>
    >;
    readonly models: Readonly<
      Record<string, { readonly properties: readonly { readonly name: string }[] } | undefined>
    >;
  }

  export interface Client extends EventEmitter {
    /** Opens the events socket; never rejects in time. The socket exists once this has returned. */
    start(application: string): PromiseLike<void>;
    ping(): void;
    readonly _ws: EventEmitter;
    readonly _swagger: { readonly apis: Readonly<Record<string, SwaggerResource | undefined>> };
  }

  const ariClient: {
    connect(url: string, username: string, password: string): PromiseLike<Client>;
  };
  export default ariClient;
}
