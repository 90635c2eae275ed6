import path from "node:path";
import type { ConfigurationValues } from "../../src/asterisk/render-configuration.js";

export const PROJECT_DIR = path.resolve(import.meta.dirname, "../..");

/** Valid values, for a test to change one of. */
export const VALUES: ConfigurationValues = {
  version: "22.10.1",
  configDir: "/data/asterisk/etc",
  stateDir: "/data/asterisk/state",
  runDir: "/data/asterisk/run",
  moduleDir: "/modules",
  assetDir: "/assets",
  soundsDir: "/sounds",
  ari: { port: 8088, username: "honnin", password: "ari-password" },
  sipHost: "127.0.0.1",
  sipPort: 5060,
  sipTimers: { t1Ms: 500, bMs: 32_000 },
  rtpPorts: { start: 10_000, end: 19_999 },
  maxCalls: 100,
  trunks: [{ name: "trunk", uri: "sip:192.0.2.1:5070" }],
  sipCapture: { port: 9060, password: "capture-password" },
  dids: ["+81312345678"],
  hasOthers: false,
  testPhones: [{ name: "1001", password: "phone-password" }],
};
