import { z } from "zod";

export const timeSchema = z.iso.datetime().describe("RFC 3339, UTC");

/** A time as the API writes it: RFC 3339, UTC, milliseconds. */
export function time(at: number): string;
export function time(at: number | null): string | null;
export function time(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
