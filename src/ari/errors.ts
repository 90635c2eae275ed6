/** Asterisk answered a request with an error status. */
export class AriRequestError extends Error {
  readonly code = "ari_request_failed";
  /** HTTP status, 400 and above. */
  readonly status: number;

  constructor(method: string, operation: string, status: number, detail: string) {
    super(`ARI ${method} ${operation}: ${status} ${detail}`);
    this.name = "AriRequestError";
    this.status = status;
  }
}

/** No answer came within the deadline; whether Asterisk acted is not known. */
export class AriTimeoutError extends Error {
  readonly code = "ari_timeout";

  constructor(method: string, operation: string, ms: number) {
    super(`ARI ${method} ${operation}: no answer within ${ms} ms`);
    this.name = "AriTimeoutError";
  }
}

/** There is no link to Asterisk, or it broke while the answer was awaited. */
export class AriLinkDownError extends Error {
  readonly code = "ari_link_down";

  constructor(message = "no link to Asterisk") {
    super(message);
    this.name = "AriLinkDownError";
  }
}
