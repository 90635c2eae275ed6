import { expect } from "chai";
import { ConfigurationValueError } from "../../src/asterisk/errors.js";
import { renderTemplate } from "../../src/asterisk/template.js";

describe("a configuration template", () => {
  const render = (value: string | number | boolean): string =>
    renderTemplate("some.conf", "key = {{name}}\n", { name: value });

  it("gets its names filled in", () => {
    expect(render("0312345678")).to.equal("key = 0312345678\n");
    expect(render(5060)).to.equal("key = 5060\n");
    expect(render(true)).to.equal("key = yes\n");
  });

  const refused: Record<string, string> = {
    "a line break, which would begin another setting": "x\nallow_transfer = yes",
    "a carriage return": "x\r",
    "a null character": "x\0y",
    "a next-line character": "x\u0085y",
    "a semicolon, which would begin a comment": "x;y",
    "a brace, which could make a variable in the dialplan": "${SHELL(id)}",
    "a blank at its end, which Asterisk would drop": "secret ",
    "nothing in it": "",
  };
  for (const [what, value] of Object.entries(refused)) {
    it(`refuses a value with ${what}`, () => {
      expect(() => render(value)).to.throw(ConfigurationValueError, "name");
    });
  }

  it("lets a carrier's password be what it is: a semicolon is escaped, and braces mean nothing there", () => {
    const rendered = renderTemplate("some.conf", "password = {{trunkPassword}}\n", {
      trunkPassword: "a;b;;${c}\\;",
    });
    expect(rendered).to.equal("password = a\\;b\\;\\;${c}\\\\;\n");
  });

  it("refuses a line break and blanks at the ends in a carrier's password too", () => {
    for (const trunkPassword of ["x\ny", " x", "x ", ""]) {
      expect(() => renderTemplate("some.conf", "{{trunkPassword}}", { trunkPassword })).to.throw(
        ConfigurationValueError,
        "trunkPassword",
      );
    }
  });

  it("refuses a number that is none", () => {
    expect(() => render(Number.NaN)).to.throw(ConfigurationValueError);
    expect(() => render(-1)).to.throw(ConfigurationValueError);
  });

  it("refuses to leave a name empty", () => {
    expect(() => renderTemplate("some.conf", "{{forgotten}}", {})).to.throw("forgotten");
  });

  it("refuses a value it has no place for", () => {
    expect(() => renderTemplate("some.conf", "key = 1", { renamed: 1 })).to.throw("renamed");
  });

  it("does not say a refused value, which may be a password", () => {
    try {
      render("hunter2;");
      expect.fail("it was taken");
    } catch (error) {
      expect(String(error)).not.to.contain("hunter2");
    }
  });
});
