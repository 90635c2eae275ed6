import { monitorEventLoopDelay } from "node:perf_hooks";
import { expect } from "chai";
import { WebhookFixture } from "../events/webhook-fixture.js";
import { type Flood, startFlood } from "./flooding-receiver.js";
import { figure } from "./figures.js";

const EARLY_HINTS = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n";
const OK = "HTTP/1.1 200 OK\r\n";

/** Longer than any of them needs where it is bounded, and what the unbounded ones are ended by. */
const ATTEMPT_MS = 10_000;

describe("attack: a webhook receiver whose answer never ends", () => {
  let fixture: WebhookFixture;

  beforeEach(async () => {
    fixture = await WebhookFixture.start();
  });
  afterEach(() => fixture.stop());

  const outcomeOf = async (
    flood: Flood,
  ): Promise<{ error: string | null; status: number | null; loopMs: number }> => {
    const receiver = await startFlood(flood);
    try {
      await fixture.client("a", receiver.url);
      const loop = monitorEventLoopDelay({ resolution: 5 });
      loop.enable();
      fixture.deliver({ attemptTimeoutMs: ATTEMPT_MS });
      await fixture.event("a");
      const { last_error: error, last_status: status } = await fixture.attempted(1);
      loop.disable();
      return { error, status, loopMs: Math.round(loop.percentile(99) / 1e6) };
    } finally {
      await receiver.stop();
    }
  };

  for (const [what, error, flood] of [
    [
      "103 without end, as fast as it is taken",
      "interim_answers",
      { first: "", more: EARLY_HINTS, everyMs: 0 },
    ],
    ["103 without end, one after the other", "interim_answers", { first: "", more: EARLY_HINTS, everyMs: 5 }],
    ["100 without end", "interim_answers", { first: "", more: "HTTP/1.1 100 Continue\r\n\r\n", everyMs: 0 }],
    [
      "header fields without end",
      "HPE_HEADER_OVERFLOW",
      { first: OK, more: "X-More: of the same\r\n", everyMs: 0 },
    ],
    [
      "interim answers of header fields without end",
      "HPE_HEADER_OVERFLOW",
      { first: "HTTP/1.1 103 Early Hints\r\n", more: "X-More: of the same\r\n", everyMs: 0 },
    ],
  ] as const) {
    it(`is given up, and no delivery: ${what}`, async () => {
      const outcome = await outcomeOf(flood);
      figure(`event loop's delay, p99 in ms, under ${what}`, outcome.loopMs);
      expect(outcome).to.include({ error, status: null });
    });
  }

  for (const [what, flood] of [
    ["a body without end", { first: `${OK}\r\n`, more: "x", everyMs: 0 }],
    [
      "a chunked body without end",
      { first: `${OK}Transfer-Encoding: chunked\r\n\r\n`, more: "1\r\nx\r\n", everyMs: 0 },
    ],
    [
      "an extension of a chunk without end",
      { first: `${OK}Transfer-Encoding: chunked\r\n\r\n1;`, more: "a=b;", everyMs: 0 },
    ],
    [
      "trailers without end",
      { first: `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\n`, more: "X-More: of the same\r\n", everyMs: 0 },
    ],
    [
      "gzip that would be gigabytes",
      { first: `${OK}Content-Encoding: gzip\r\n\r\n`, more: "\u0000".repeat(64), everyMs: 0 },
    ],
  ] as const) {
    it(`is a delivery, for the status is there, and is read no further: ${what}`, async () => {
      const outcome = await outcomeOf(flood);
      figure(`event loop's delay, p99 in ms, under ${what}`, outcome.loopMs);
      expect(outcome).to.include({ error: null, status: 200 });
    });
  }
});
