/** The store is closed or the database refused the commit; what was to be written is not. */
export class StoreUnavailableError extends Error {
  readonly code = "store_unavailable";

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StoreUnavailableError";
  }
}
