import { expect } from "chai";
import { tempDir } from "../support/temp-dir.js";
import { HonninCommand, type Outcome, setUp } from "./honnin-command.js";

const SERVICE = { HONNIN_DIDS: "0312340000,+81312340001,0312340002" };

interface Shown {
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

describe("honnin client show and set", function () {
  this.timeout(240_000);
  let dir: Awaited<ReturnType<typeof tempDir>>;

  before(setUp);
  beforeEach(async () => {
    dir = await tempDir();
    await honnin("client create acme");
  });
  afterEach(() => dir.remove());

  const honnin = (args: string): Promise<Outcome> => HonninCommand.run(dir.path, args.split(" "), SERVICE);
  const ok = async (args: string): Promise<string> => {
    const { code, stdout, stderr } = await honnin(args);
    expect(code, stderr).to.equal(0);
    return stdout;
  };
  const settings = async (name = "acme"): Promise<Shown["settings"]> =>
    (JSON.parse(await ok(`client show ${name} --json`)) as Shown).settings;

  it("shows the defaults of a client that has set nothing, and what each means", async () => {
    expect(await settings()).to.deep.equal({
      dids: [],
      caller_number: null,
      methods: ["keypad", "spoken", "caller_id"],
      channels: ["voice", "sms"],
      directions: ["outbound", "inbound"],
      locale: "ja",
      outbound_allow: [],
      ip_allow: [],
      answer_inbound: null,
      max_calls: null,
      max_calls_per_minute: null,
      max_calls_per_number_per_hour: null,
      max_calls_per_block_per_hour: null,
      max_registrations_per_minute: null,
      max_registrations_per_day: null,
      max_enrollments: null,
      budget_yen_per_day: null,
      budget_yen_per_month: null,
      demand_evidence: null,
      missing_evidence: null,
      company: null,
      sms_text_ja: null,
      sms_text_en: null,
      sms_domain: null,
      sms_link: null,
      new_code_each_time: false,
      unspoken_payee: false,
    });
    expect(await ok("client show acme")).to.match(
      /^locale +ja +default +language when a request names none, and for unmatched callers at its DIDs$/m,
    );
  });

  it("shows the messages as they would be sent, and what they cost, before anything is", async () => {
    await ok("client set acme company=ACME sms_domain=example.com");
    expect(JSON.parse(await ok("client message acme --json"))).to.deep.equal([
      {
        ...{ locale: "ja", parts: 2, price_yen: 36 },
        text: "【ACME】認証番号は 123456 です。5分以内に入力してください。誰にも教えないでください。\n\n@example.com #123456",
      },
      {
        ...{ locale: "en", parts: 1, price_yen: 18 },
        text: "ACME: your code is 123456. Enter it within 5 minutes. Never tell it to anybody.\n\n@example.com #123456",
      },
    ]);
    expect(await ok("client message acme")).to.include("⏎⏎@example.com #123456");
  });

  it("sets several at once, prints them as JSON, and takes one back with key=", async () => {
    const changes = "locale=en methods=keypad,caller_id ip_allow=192.0.2.0/24,2001:db8::1 max_calls=3";
    const shown = JSON.parse(await ok(`client set acme ${changes} answer_inbound=false --json`)) as Shown;
    const expected = {
      locale: "en",
      methods: ["keypad", "caller_id"],
      ip_allow: ["192.0.2.0/24", "2001:db8::1"],
      max_calls: 3,
      answer_inbound: false,
    };
    expect(shown.settings).to.deep.include(expected);
    await ok("client set acme max_calls= methods=");
    expect(await settings()).to.deep.include({
      ...expected,
      max_calls: null,
      methods: ["keypad", "spoken", "caller_id"],
    });
  });

  it("refuses with 2, naming each wrong key, its value and what is expected, and changes nothing", async () => {
    const wrong = [
      ["caller_number=03-1234", "1 to 15 digits"],
      ["methods=keypad,fax", "keypad, spoken, caller_id"],
      ["directions=up", "outbound, inbound"],
      ["locale=fr", "ja or en"],
      ["outbound_allow=81", "E.164 prefixes"],
      ["ip_allow=192.0.2.0/33", "addresses and CIDR blocks"],
      ["answer_inbound=yes", "true or false"],
      ["max_calls=0", "1 to 10000"],
      ["max_calls=many", "1 to 10000"],
      ["max_registrations_per_minute=1.5", "1 to 100000"],
      ["max_calls_per_number_per_hour=1001", "1 to 1000"],
      ["demand_evidence=all", "none, asserted, agree or stir_shaken"],
      ["missing_evidence=ignore", "refuse or call_back"],
      ["dids=0399990000", "numbers of HONNIN_DIDS"],
      ["max_cals=3", "one of the settings dids, caller_number"],
      ["__proto__=1", "one of the settings"],
      ["locale", "locale=value"],
    ] as const;
    const assignments = wrong.map(([assignment]) => assignment).join(" ");
    const { code, stdout, stderr } = await honnin(`client set acme caller_number=0312345678 ${assignments}`);
    expect(code).to.equal(2);
    expect(stdout).to.equal("");
    const lines = stderr.trim().split("\n");
    expect(lines).to.have.length(wrong.length);
    wrong.forEach(([assignment, expected], i) => {
      const [key = "", value = ""] = assignment.split("=");
      expect(lines[i])
        .to.contain(`${key}: got ${JSON.stringify(value)}, expected `)
        .and.to.contain(expected);
    });
    expect(await settings()).to.include({ caller_number: null });
  });

  it("lets at most one client claim a DID, in any spelling, and names the other to the administrator", async () => {
    await honnin("client create shop");
    await ok("client set acme dids=0312340001,0312340000");
    expect((await settings())["dids"]).to.deep.equal(["+81312340001", "+81312340000"]);
    const { code, stderr } = await honnin("client set shop locale=en dids=0312340002,+81312340000");
    expect(code).to.equal(1);
    expect(stderr).to.contain('dids: got "+81312340000", which client acme has claimed');
    expect(await settings("shop")).to.deep.include({ dids: [], locale: "ja" });
    await ok("client set acme dids=");
    await ok("client set shop dids=0312340002,0312340000");
    expect((await settings("shop"))["dids"]).to.deep.equal(["+81312340002", "+81312340000"]);
  });

  it("ends with 1 when there is no such client, and with 2 when there is nothing to set", async () => {
    for (const args of ["client show nobody", "client set nobody locale=en"]) {
      const { code, stderr } = await honnin(args);
      expect(code).to.equal(1);
      expect(stderr).to.contain("no client is named nobody");
    }
    expect((await honnin("client set acme")).code).to.equal(2);
  });
});
