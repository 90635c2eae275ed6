/** Begins with a letter, as no test telephone does, whose endpoints stand beside those of trunks in Asterisk. */
const TRUNK_NAME = "[a-z][a-z0-9]*(?:-[a-z0-9]+)*";

/** Endings of the sections that belong to a trunk in Asterisk's configuration, and of telephones in browsers. */
const TAKEN = "contact|identify|credentials|registration|browser";

const PATTERN = new RegExp(`^(?!.*-(?:${TAKEN})$)${TRUNK_NAME}$`);

/** Whether a trunk may be called so, which is also the name of its endpoint in Asterisk. */
export function isTrunkName(text: string): boolean {
  return text.length <= 32 && PATTERN.test(text);
}
