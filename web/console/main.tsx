import { render } from "preact";
import { App } from "./app.js";
import { learnWhoIsHere } from "./session.js";

const place = document.getElementById("console");
if (place === null) throw new Error("the page has no place for the console");
void learnWhoIsHere();
render(<App />, place);
