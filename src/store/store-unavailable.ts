/** The store is closed or the database refused the commit; what was to be written is not. */
export class StoreUnavailableError extends Error {
  readonly code = "store_unavailable";
  /** Whether the same may go well in a while without anybody's doing. */
  readonly mayPass: boolean;

  constructor(message: string, { mayPass = false, ...options }: Options = {}) {
    super(message, options);
    this.name = "StoreUnavailableError";
    this.mayPass = mayPass;
  }
}

interface Options extends ErrorOptions {
  /** Default no. */
  readonly mayPass?: boolean;
}

/** Another node has closed what this one had open, or goes by its name: nothing that it writes counts any more. */
export class NodeFencedError extends StoreUnavailableError {
  constructor() {
    super("this node was given up by the others: it has to join them again", { mayPass: true });
    this.name = "NodeFencedError";
  }
}

/** The call or message was closed by another node, which took this one for dead: nothing of it is decided here any more. */
export class AttemptClosedError extends StoreUnavailableError {
  constructor() {
    super("another node has closed this call");
    this.name = "AttemptClosedError";
  }
}
