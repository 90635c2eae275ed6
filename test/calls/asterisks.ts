/** One Asterisk that the stories of the calls are played on, and what it cannot say. */
export interface AsteriskUnderTest {
  readonly title: string;
  /** Settings of the service that runs it. */
  readonly env: Readonly<Record<string, string>>;
}

export const ASTERISKS: readonly AsteriskUnderTest[] = [{ title: "the real Asterisk", env: {} }];
