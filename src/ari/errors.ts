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

/** This Asterisk takes the connector `ari-client`, whose package is optional and not installed. */
export class AriClientMissingError extends Error {
  readonly code = "ari_client_missing";

  constructor() {
    super(
      "This Asterisk has no REST over WebSocket (20.14, 21.9, 22.4 and later have), so it takes the npm package " +
        "ari-client, which is not installed. In Honnin's folder run: npm install --omit=dev --no-save --save-prod ari-client@2.2.0\n" +
        "この Asterisk には npm パッケージ ari-client が必要です。Honnin のフォルダーで " +
        "npm install --omit=dev --no-save --save-prod ari-client@2.2.0 を実行してください。",
    );
    this.name = "AriClientMissingError";
  }
}

/** `ari-client` drops the path of a URL. */
export class AriClientPrefixError extends Error {
  readonly code = "ari_client_prefix";

  constructor() {
    super(
      "The connector ari-client cannot reach an ARI behind a prefix: take the path out of HONNIN_ARI_URL and " +
        "`prefix` out of Asterisk's http.conf.\n" +
        "コネクター ari-client では HONNIN_ARI_URL にパスを書けません。http.conf の prefix を外してください。",
    );
    this.name = "AriClientPrefixError";
  }
}
