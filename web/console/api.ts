import type { RefusalBody, RefusalCode } from "../../src/console/contract/refusal.js";

/** What the service refused, or `unreachable` where it did not answer at all. */
export class ApiError extends Error {
  readonly code: RefusalCode | "unreachable";
  readonly seconds: number | undefined;
  /** Why something about a prompt was refused. */
  readonly prompt: RefusalBody["prompt"];
  readonly fields: readonly string[];

  constructor(code: RefusalCode | "unreachable", detail: string, body?: RefusalBody) {
    super(detail);
    this.name = "ApiError";
    this.code = code;
    this.seconds = body?.seconds;
    this.prompt = body?.prompt;
    this.fields = (body?.errors ?? []).map(({ field }) => field);
  }
}

type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

/** Until a browser has surely begun to save a file. */
const KEPT_MS = 60_000;

/** Told whenever the service says that nobody is logged in. */
let onSignedOut: () => void = () => undefined;
export function whenSignedOut(tell: () => void): void {
  onSignedOut = tell;
}

/**
 * Asks the service. The answer is of the type that the contract gives it (`src/console/contract`); the tests hold the
 * service to it.
 *
 * @throws {ApiError}
 */
export async function ask<Answer = undefined>(
  method: Method,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<Answer> {
  const response = await fetch(`/api/${path}`, {
    method,
    ...contentOf(body),
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    if (signal?.aborted === true) throw error;
    throw new ApiError("unreachable", "the service did not answer");
  });
  if (response.status === 204) return undefined as Answer;
  if (!response.ok) throw refused(await response.json().catch(() => null));
  // A sound, and whatever else is no JSON, comes as it is.
  const isJson = (response.headers.get("Content-Type") ?? "").includes("json");
  return (isJson ? await response.json() : await response.blob()) as Answer;
}

/** What a refusal tells, as an error. */
export function refused(answer: unknown): ApiError {
  const refusal = answer as RefusalBody | null;
  const error = new ApiError(refusal?.code ?? "internal_error", refusal?.detail ?? "", refusal ?? undefined);
  if (error.code === "not_signed_in") onSignedOut();
  return error;
}

/** A file goes as it is, anything else as JSON. */
function contentOf(body: unknown): { readonly body?: BodyInit; readonly headers?: Record<string, string> } {
  if (body === undefined) return {};
  if (body instanceof Blob) return { body, headers: { "Content-Type": "text/csv" } };
  return { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
}

/**
 * A file that the service makes of what is asked.
 *
 * @throws {ApiError} also where it does not come whole.
 */
export async function askFile(path: string, body: unknown): Promise<Blob> {
  try {
    const response = await fetch(`/api/${path}`, {
      method: "POST",
      ...contentOf(body),
    });
    if (!response.ok) throw refused(await response.json().catch(() => null));
    return await response.blob();
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError("unreachable", "the service did not answer, or not to the end");
  }
}

/** Gives a file to whoever sits at the browser. */
export function keepFile(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(link.href);
  }, KEPT_MS);
}
