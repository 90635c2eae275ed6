import { render } from "preact";
import { PhonePage } from "./phone-page.js";

const place = document.getElementById("phone");
if (place === null) throw new Error("the page has no place for the telephone");
render(<PhonePage />, place);
