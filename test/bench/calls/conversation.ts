/**
 * The one call that every contender makes: answer, guidance, four keys that interrupt it, compare,
 * guidance, and the caller hangs up while that is said. A caller whose keys are taken for wrong is hung
 * up on at once, which SIPp counts as a failed call.
 */
export const KEYS = "1234";

/** The keys begin that long after the answer, in the middle of the guidance, milliseconds. */
export const KEYS_AFTER_MS = 500;

/** 4 keys of 100 ms with pauses of 60 ms. */
export const KEY_TIMING = { toneMs: 100, gapMs: 60 };

/** From the beginning of the keys to the caller's hang-up: the keys, and a second of the verdict. */
export const HANG_UP_AFTER_MS = 1_800;

export const PROMPTS_BEFORE = ["silence-start", "inbound-greeting", "ask-code-inbound"];
export const PROMPTS_AFTER = ["verified", "goodbye"];
