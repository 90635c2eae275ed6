import { z } from "zod";
import { flag, setting, whole } from "./setting.js";

/** The console: a listener apart from the API's, so that a firewall can keep it inside. */
export const CONSOLE_SETTINGS = {
  consoleHost: setting(
    "HONNIN_CONSOLE_HOST",
    z.string().min(1).default("127.0.0.1"),
    "an address",
    "where the console listens (HTTPS)",
  ),
  consolePort: setting(
    "HONNIN_CONSOLE_PORT",
    whole(8444, 0, 65535),
    "a port from 0 (any free one) to 65535",
    "port of the console",
  ),
  consoleUrl: setting(
    "HONNIN_CONSOLE_URL",
    z.url({ protocol: /^https$/ }).optional(),
    "an https URL",
    "where people open the console: links begin with it, and passkeys belong to its host name",
    { unset: "https://localhost and the port" },
  ),
  consoleIdleMinutes: setting(
    "HONNIN_CONSOLE_IDLE_MINUTES",
    whole(30, 1, 1440),
    "1 to 1440",
    "after so long without use one has to log in to the console again",
  ),
  consoleSessionHours: setting(
    "HONNIN_CONSOLE_SESSION_HOURS",
    whole(12, 1, 168),
    "1 to 168",
    "after so long one has to log in to the console again in any case",
  ),
  demo: setting(
    "HONNIN_DEMO",
    flag.default(false),
    "true or false",
    "a made-up company's web site at /demo of the console, to try verifications with test telephones; on where nothing at all is set",
  ),
} as const;
