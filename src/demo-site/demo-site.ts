import type { Agent } from "node:https";
import path from "node:path";
import express, { type RequestHandler } from "express";
import { HonninApi } from "../../examples/password-reset/typescript/honnin-api.ts";
import { type Member, Members } from "../../examples/password-reset/typescript/members.ts";
import { createSite } from "../../examples/password-reset/typescript/site.ts";
import type { Logger } from "../log.js";
import { PROJECT_DIR } from "../project-dir.js";
import { type E164, parsePhoneNumber } from "../verification/phone-number.js";
import { startPage } from "./start-page.js";

interface DemoSiteParts {
  readonly apiUrl: string;
  /** Trusts the certificate of the API. */
  readonly agent: Agent;
  readonly key: () => Promise<string>;
  readonly log: Logger;
  /** The number to call; null: nobody is asked to. */
  readonly did: string | null;
  /** Of the test telephones: those of the members, so that no other rings. */
  readonly numbers: readonly E164[];
}

const PEOPLE = [
  { user: "hanako", name: "佐藤 花子" },
  { user: "taro", name: "鈴木 太郎" },
];
const FRONT = path.join(PROJECT_DIR, "examples/password-reset/front");

/** `/demo`, the example for integrators as it stands in `examples/`, and `/start`. */
export function demoSite({ apiUrl, agent, key, log, did, numbers }: DemoSiteParts): RequestHandler {
  const members = PEOPLE.flatMap((person, index): Member[] => {
    const number = numbers[index];
    return number === undefined ? [] : [{ ...person, number: asDialled(number) }];
  });
  const [first] = members;
  const site = createSite({
    api: new HonninApi(apiUrl, key, agent),
    members: new Members(members),
    ...{ did, front: FRONT, path: "/demo", https: true, framedBy: "'self'" },
    hint: first === undefined ? null : { user: first.user, number: first.number },
    log: (message) => {
      log.info("the demonstration site", { said: message });
    },
  });
  const router = express.Router({ caseSensitive: true });
  router.use(startPage());
  router.use("/demo", (request, response, next) => {
    // What the page asks for lies beside it.
    if (/^\/demo(\?|$)/.test(request.originalUrl)) response.redirect(308, "/demo/");
    else site(request, response).catch(next);
  });
  return router;
}

function asDialled(number: E164): string {
  const parsed = parsePhoneNumber(number);
  return parsed.ok ? parsed.number.national : number;
}
