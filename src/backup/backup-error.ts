/**
 * `file_exists`: something is there under the name already. `no_room`: the disk has too little. `not_a_backup`: the
 * file is something else. `wrong_passphrase`: it was encrypted with another one, or for another key.
 * `backup_truncated`: its end is missing. `backup_damaged`: it is not as it was written. `backup_newer`: a newer Honnin
 * made it. `not_empty`: there is something already where it is to go. `wrong_data_key`: the key file that is there is
 * another than that of the backup. `restore_unfinished`: a restore was broken off. `key_rotating`: the data key is being
 * rotated, or another backup is being made. `not_the_same`: what was written is not what was read.
 */
export type BackupErrorCode =
  | "file_exists"
  | "no_room"
  | "not_a_backup"
  | "wrong_passphrase"
  | "backup_truncated"
  | "backup_damaged"
  | "backup_newer"
  | "not_empty"
  | "wrong_data_key"
  | "restore_unfinished"
  | "key_rotating"
  | "not_the_same";

/** A backup cannot be made, or not be used; nothing was changed. */
export class BackupError extends Error {
  readonly code: BackupErrorCode;

  constructor(code: BackupErrorCode, message: string) {
    super(message);
    this.name = "BackupError";
    this.code = code;
  }
}
