import type { RequestHandler } from "express";

/** Sends one file, whatever the path asks for beyond it. @param headers of each answer. */
export function staticFile(
  root: string,
  name: string,
  headers: Readonly<Record<string, string>>,
): RequestHandler {
  return (_request, response, next) => {
    for (const [header, value] of Object.entries(headers)) response.setHeader(header, value);
    response.sendFile(name, { root, cacheControl: false }, (error?: Error) => {
      // One who went away in the middle is no error of ours.
      if (error !== undefined && !response.headersSent) next(error);
    });
  };
}
