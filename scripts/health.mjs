#!/usr/bin/env node
// Ends with 0 where the service of these settings is ready for calls, else with 1: for containers.
import { loadConfig } from "../dist/config.js";

try {
  const { opsPort } = loadConfig(process.env, process.cwd());
  const signal = AbortSignal.timeout(5_000);
  const { ok } = await fetch(`http://127.0.0.1:${opsPort}/health/ready`, { signal });
  process.exitCode = ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}
