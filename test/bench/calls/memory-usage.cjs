// Preloaded into the service by the bench: writes process.memoryUsage() to the file named by
// BENCH_MEMORY_USAGE whenever it is asked by a signal (SIGUSR2).
const { renameSync, writeFileSync } = require("node:fs");
const { isMainThread } = require("node:worker_threads");

const file = process.env.BENCH_MEMORY_USAGE;
if (file && isMainThread) {
  process.on("SIGUSR2", () => {
    // Whole under its name: the bench reads whatever stands there.
    writeFileSync(`${file}.new`, JSON.stringify(process.memoryUsage()));
    renameSync(`${file}.new`, file);
  });
}
