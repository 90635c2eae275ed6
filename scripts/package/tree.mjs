import { createHash } from "node:crypto";
import {
  chmodSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";

/** Puts a file into the tree, with the folders above it; modes do not depend on whose umask it is. */
export function put(root, name, contents, mode = 0o644) {
  const file = path.join(root, name);
  let above = root;
  for (const part of path.dirname(name).split("/")) {
    above = path.join(above, part);
    mkdirSync(above, { recursive: true });
    chmodSync(above, 0o755);
  }
  writeFileSync(file, contents);
  chmodSync(file, mode);
}

/** Copies a file, or a folder with what the filter takes of its files (by path within it). */
export function copy(from, root, name, takes = () => true) {
  if (lstatSync(from).isFile()) {
    put(root, name, readFileSync(from));
    return;
  }
  for (const file of filesIn(from)) {
    if (takes(file)) put(root, path.posix.join(name, file), readFileSync(path.join(from, file)));
  }
}

/** Paths of the files in a folder, in the order of their bytes. */
function filesIn(folder) {
  const names = readdirSync(folder, { recursive: true });
  return names.filter((name) => lstatSync(path.join(folder, name)).isFile()).sort();
}

/** As dpkg keeps them. */
export function md5sums(root) {
  const lines = filesIn(root).flatMap((name) => {
    if (name.startsWith("DEBIAN/") || name.startsWith("etc/")) return [];
    return [
      `${createHash("md5")
        .update(readFileSync(path.join(root, name)))
        .digest("hex")}  ${name}\n`,
    ];
  });
  return lines.join("");
}

/** As dpkg-gencontrol reckons: files by the kilobyte, all else one each. */
export function installedKilobytes(root) {
  const sizes = readdirSync(root, { recursive: true }).map((name) => {
    const entry = lstatSync(path.join(root, name));
    return entry.isFile() ? Math.ceil(entry.size / 1024) : 1;
  });
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Everything is as old as the sources. */
export function clampTimes(root, epoch) {
  for (const name of ["", ...readdirSync(root, { recursive: true })])
    lutimesSync(path.join(root, name), epoch, epoch);
  chmodSync(root, 0o755);
}
