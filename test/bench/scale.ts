import type { Bench } from "./bench.js";
import { compareDatabases, HOW_DATABASES } from "./scale/both-databases.js";

export const scale: Bench = {
  name: "scale",
  title: "Outgrowing one machine: PostgreSQL, and one to three nodes",
  long: true,
  run: async (options) => {
    const databases = await compareDatabases(options);
    return { notes: [HOW_DATABASES], tables: databases };
  },
};
