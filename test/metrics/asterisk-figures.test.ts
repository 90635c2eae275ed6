import { expect } from "chai";
import { readFigures } from "../../src/metrics/asterisk-figures.js";

const HELLO = "host/7105/22.10.1\n";
const CHANNELS = `${HELLO}4 active channels\n3 of 50 max active calls ( 6.00% of capacity)\n17 calls processed\n`;
const UPTIME = `${HELLO}System uptime: 3661\nLast reload: 3661\n`;
const QUEUES = `${HELLO}
Processor                                Processed   In Queue  Max Depth  Low water High water Low time(us) High time(us)
ast_msg_queue                                    1          0          0        450        500          0          0
pjsip/distributor-0000001b                     120          3          9        450        500         11        412
stasis/p:channel:1764267000.1-0000004f          40        512        600        450        500         11        412

3 taskprocessors
`;
const CONTACTS = `${HELLO}
  Contact:  <Aor/ContactUri..............................> <Hash....> <Status> <RTT(ms)..>
==========================================================================================

  Contact:  trunk-contact/sip:192.0.2.1:5060;transport=ud 8e33ad7aa7 NonQual        -nan
  Contact:  second-contact/sip:192.0.2.2:5060             9e33ad7aa7 Avail        12.345
  Contact:  third-contact/sip:192.0.2.3:5060              ae33ad7aa7 Unavail         nan

Objects found: 3
`;

describe("what Asterisk tells of itself", () => {
  it("is read from the tables of its command line", () => {
    expect(readFigures([CHANNELS, UPTIME, QUEUES, CONTACTS])).to.deep.equal({
      channels: 4,
      uptimeSeconds: 3661,
      taskprocessors: { queues: 3, processed: 161, waiting: 515, overloaded: 1 },
      contacts: [
        { trunk: "second", reachable: true, roundTripSeconds: 0.012345 },
        { trunk: "third", reachable: false, roundTripSeconds: null },
      ],
    });
  });

  it("is one channel where there is one, and not known where nothing is answered", () => {
    expect(readFigures([`${HELLO}1 active channel\n`]).channels).to.equal(1);
    expect(readFigures(["", "No such command", "Unable to connect"])).to.deep.equal({
      channels: null,
      uptimeSeconds: null,
      taskprocessors: null,
      contacts: [],
    });
  });
});
