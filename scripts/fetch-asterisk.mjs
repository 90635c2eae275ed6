#!/usr/bin/env node
// Fetches the Asterisk that the first start would fetch: for an image, or while the machine can reach a mirror.
import { fetchAsterisk } from "../dist/setup.js";

await fetchAsterisk((line) => console.error(line));
