/** The disk has no room for the copy that is kept before a database is changed. */
export class NoRoomForCopyError extends Error {
  readonly code = "no_room_for_copy";

  /** @param needed bytes, as `free`. */
  constructor(name: string, needed: number, free: number) {
    const megabytes = (bytes: number): string => `${String(Math.ceil(bytes / 1e6))} MB`;
    super(
      `${name}: before its schema is changed a copy of it is kept, and for both ${megabytes(needed)} have to be free, ` +
        `where ${megabytes(free)} are: make room on that disk (older copies may go), then start again; nothing was changed`,
    );
    this.name = "NoRoomForCopyError";
  }
}
