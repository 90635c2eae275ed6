import { expect } from "chai";
import path from "node:path";
import { ConfigurationValueError } from "../../src/asterisk/errors.js";
import { renderConfiguration, type ConfigurationValues } from "../../src/asterisk/render-configuration.js";
import { PROJECT_DIR, VALUES } from "./configuration-values.js";

const render = (change: Partial<ConfigurationValues>, file: string): string => {
  const files = renderConfiguration(path.join(PROJECT_DIR, "asterisk-config"), { ...VALUES, ...change });
  return files.get(file) ?? expect.fail(`there is no ${file}`);
};

describe("the configuration of the bundled Asterisk", () => {
  it("leaves no name unfilled in any file", () => {
    for (const [name, text] of renderConfiguration(path.join(PROJECT_DIR, "asterisk-config"), VALUES)) {
      expect(text, name).not.to.match(/\{\{/);
    }
  });

  it("names nothing that its version of Asterisk does not have, and loads nothing that it does not need", () => {
    const templates = path.join(PROJECT_DIR, "asterisk-config");
    const old = renderConfiguration(templates, { ...VALUES, version: "16.28.0" });
    expect(old.get("modules.conf"))
      .to.contain("load = app_stack.so\n")
      .and.not.to.contain("res_websocket_client.so\n");
    expect(old.has("websocket_client.conf")).to.be.false;
    expect(old.get("modules.conf")).to.contain("load = res_hep.so\nload = res_hep_pjsip.so\n");
    const current = renderConfiguration(templates, { ...VALUES, version: "22.10.1" });
    expect(current.get("modules.conf")).to.contain("load = res_websocket_client.so\n");
    expect(current.get("modules.conf")).not.to.contain("app_stack.so");
    expect(current.has("websocket_client.conf")).to.be.true;
    expect(current.get("modules.conf")).to.contain("load = res_hep.so\nload = res_hep_pjsip.so\n");
    expect(current.get("hep.conf")).to.contain("capture_address = 127.0.0.1:9060\n");
  });

  it("takes every profile of voice only where offers are seen, so that none that asks for encryption is", () => {
    expect(render({}, "pjsip.conf")).to.contain("media_use_received_transport = yes\n");
    expect(render({ version: "16.28.0" }, "pjsip.conf")).to.contain("media_use_received_transport = no\n");
  });

  it("has telephones in browsers only where there are test telephones, and a version that keeps their door", () => {
    for (const change of [{ testPhones: [] }, { version: "16.28.0" }]) {
      const files = ["modules.conf", "http.conf", "rtp.conf", "pjsip.conf"];
      const text = files.map((file) => render(change, file)).join("");
      expect(text).not.to.match(/-browser|webrtc = |protocol = ws|res_srtp|transport_websocket|permit =/);
      expect(text).to.contain("icesupport = no\n");
    }
    expect(render({}, "pjsip.conf"))
      .to.contain("[1001-browser]\ntype = endpoint\n")
      .and.to.contain("[1001-browser](+)\nmedia_address = 127.0.0.1\n");
    expect(render({}, "rtp.conf")).to.contain("icesupport = yes\n");
    expect(render({}, "http.conf")).to.match(/\[\/ws\]\(\+\)\npermit = 127\.0\.0\.87\/255\.255\.255\.255\n/);
    expect(render({}, "modules.conf")).to.contain("load = res_pjsip_transport_websocket.so\n");
  });

  it("opens ARI to this machine only", () => {
    expect(render({}, "http.conf")).to.contain("bindaddr = 127.0.0.1\n").and.to.contain("bindport = 8088\n");
  });

  it("offers voice at the SIP address, and at any when SIP listens at all", () => {
    expect(render({}, "pjsip.conf")).to.contain("[trunk](+)\nmedia_address = 127.0.0.1\n");
    expect(render({ sipHost: "0.0.0.0" }, "pjsip.conf")).not.to.contain("media_address");
  });

  it("knows no trunk where none is set", () => {
    expect(render({ trunks: [] }, "pjsip.conf")).not.to.contain("[trunk]");
  });

  it("asks the trunk by the transport of its URI", () => {
    const text = render(
      { trunks: [{ name: "trunk", uri: "sip:carrier.example;transport=tcp" }] },
      "pjsip.conf",
    );
    expect(text).to.contain("contact = sip:carrier.example:5060\\;transport=tcp\n");
    expect(text).to.contain("transport = transport-tcp\n");
  });

  it("listens for keys as the trunk sends them, for tones only where no events are agreed upon when it is not said", () => {
    const uri = "sip:198.51.100.1";
    expect(render({ trunks: [{ name: "trunk", uri }] }, "pjsip.conf")).to.contain("\ndtmf_mode = auto\n");
    expect(render({ trunks: [{ name: "trunk", uri, dtmf: "inband" }] }, "pjsip.conf")).to.contain(
      "\ndtmf_mode = inband\n",
    );
  });

  it("registers at the trunk only when asked to", () => {
    const trunk = { uri: "sip:192.0.2.1", username: "user", password: "pass" };
    expect(render({ trunks: [{ name: "trunk", ...trunk }] }, "pjsip.conf"))
      .to.contain("outbound_auth = trunk-credentials")
      .and.not.contain("type = registration");
    expect(render({ trunks: [{ name: "trunk", ...trunk, register: true }] }, "pjsip.conf")).to.contain(
      "type = registration",
    );
  });

  it("answers with SHA-256 where its Asterisk can", () => {
    const trunk = { uri: "sip:192.0.2.1", username: "user", password: "pass" };
    expect(render({ trunks: [{ name: "trunk", ...trunk }] }, "pjsip.conf")).to.contain(
      "supported_algorithms_uac = MD5,SHA-256,SHA-512-256\n",
    );
    expect(render({ trunks: [{ name: "trunk", ...trunk }], version: "16.28.0" }, "pjsip.conf")).not.to.match(
      /^supported_algorithms_uac/m,
    );
  });

  it("never registers a DID as its contact, however the user is spelled", () => {
    for (const username of ["+81312345678", "81312345678", "0312345678"]) {
      const trunk = { uri: "sip:192.0.2.1", username, password: "pass", register: true };
      expect(render({ trunks: [{ name: "trunk", ...trunk }] }, "pjsip.conf")).to.match(
        /^contact_user = honnin-[0-9a-f]{12}$/m,
      );
    }
  });

  it("refuses a password without a user name, and a registration without either", () => {
    const uri = "sip:192.0.2.1";
    expect(() => render({ trunks: [{ name: "trunk", uri, password: "pass" }] }, "pjsip.conf")).to.throw(
      "HONNIN_TRUNK_USERNAME",
    );
    expect(() => render({ trunks: [{ name: "trunk", uri, register: true }] }, "pjsip.conf")).to.throw(
      "HONNIN_TRUNK_USERNAME",
    );
  });

  it("lets a DID be called by its E.164 and its national spelling, from the trunk and from a test telephone", () => {
    const text = render({}, "extensions.conf");
    for (const spelling of ["+81312345678", "81312345678", "0312345678"]) {
      expect(text).to.contain(`[from-trunk](+)\nexten => ${spelling},1,Set(APOLOGY=yes)\n`);
      expect(text).to.contain(`exten => ${spelling},1,Goto(inbound-test-phone,+81312345678,1)\n`);
    }
  });

  it("refuses the same DID in two spellings", () => {
    expect(() => render({ dids: ["+81312345678", "0312345678"] }, "extensions.conf")).to.throw(
      "the same number",
    );
  });

  it("has no way out for a call that came in", () => {
    expect(render({}, "extensions.conf")).not.to.match(/\bDial\(|\bOriginate\(|\bSystem\(/);
  });

  const wrong: Record<string, Partial<ConfigurationValues>> = {
    "a SIP host that is a name": { sipHost: "localhost" },
    "a SIP port out of range": { sipPort: 70_000 },
    "a trunk URI with a user part": { trunks: [{ name: "trunk", uri: "sip:user@192.0.2.1" }] },
    "a trunk URI with a line break": { trunks: [{ name: "trunk", uri: "sip:192.0.2.1\nx" }] },
    "a trunk URI with an impossible address": { trunks: [{ name: "trunk", uri: "sip:192.0.2.300" }] },
    "a DID with letters": { dids: ["03-HONNIN"] },
    "a sounds directory whose path ends an argument": { soundsDir: "/a,b" },
    "a range of one RTP port": { rtpPorts: { start: 10_000, end: 10_001 } },
  };
  for (const [what, change] of Object.entries(wrong)) {
    it(`refuses ${what}`, () => {
      const all = { ...VALUES, ...change };
      expect(() => renderConfiguration(path.join(PROJECT_DIR, "asterisk-config"), all)).to.throw(
        ConfigurationValueError,
      );
    });
  }
});
