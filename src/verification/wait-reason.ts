/**
 * What a call that is due, or will be, waits for: a line of the trunk; its turn, which the limits of its client or the
 * trunk's pace set; the end of another call to the same number; the pause before a redial; the link to Asterisk; the
 * service, which does not dial yet, or no more.
 */
export const WAIT_REASONS = ["line", "turn", "number", "pause", "link", "service"] as const;
export type WaitReason = (typeof WAIT_REASONS)[number];
