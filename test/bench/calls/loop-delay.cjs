// Preloaded into the service by the bench: how late its event loop runs. Written at its end to the file
// named by BENCH_LOOP_DELAY; a signal (SIGUSR2) forgets what was seen so far, the start-up.
const { writeFileSync } = require("node:fs");
const { monitorEventLoopDelay } = require("node:perf_hooks");
const { isMainThread } = require("node:worker_threads");

const file = process.env.BENCH_LOOP_DELAY;
if (file && isMainThread) {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  process.on("SIGUSR2", () => histogram.reset());
  process.on("exit", () => {
    const ms = (nanoseconds) => nanoseconds / 1e6;
    const [p50, p90, p99, p100] = [50, 90, 99, 100].map((rank) => ms(histogram.percentile(rank)));
    writeFileSync(file, JSON.stringify({ count: histogram.count, p50, p90, p99, p100 }));
  });
}
