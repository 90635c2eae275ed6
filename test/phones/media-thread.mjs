// A thread begins without the loader of TypeScript that its process was given.
import { register } from "tsx/esm/api";

register();
await import("./media-thread.ts");
