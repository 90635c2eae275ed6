/**
 * Arrows between the folders of src/ point one way. A folder may import itself, the
 * leaves (config, log, clock), `verification` (the pure heart) and what is listed here.
 */
const MAY_IMPORT = {
  verification: [],
  sound: [],
  ari: [],
  programs: [],
  asterisk: ["ari", "programs"],
  clients: ["verification"],
  admins: [],
  vault: ["verification"],
  store: ["verification", "clients", "admins", "vault"],
  representation: ["verification", "store", "vault"],
  acts: ["verification", "clients", "admins", "vault", "store", "representation"],
  receipts: ["verification", "vault", "store", "representation", "acts"],
  prompts: ["verification", "store", "sound"],
  events: ["verification", "store"],
  sms: ["verification", "events"],
  usage: ["verification", "store", "representation"],
  upkeep: ["store", "acts"],
  nodes: ["store"],
  backup: ["store", "vault", "prompts"],
  softphone: ["asterisk", "programs"],
  telephony: ["verification", "clients", "store", "acts", "ari", "prompts"],
  messages: ["verification", "clients", "store", "acts", "sms", "telephony"],
  http: [
    ...["verification", "clients", "vault", "store", "representation", "acts"],
    ...["events", "usage", "prompts", "sms", "receipts"],
  ],
  "demo-site": ["verification", "store", "http"],
  metrics: [
    ...["verification", "clients", "store", "acts", "ari", "telephony"],
    ...["events", "http", "sms"],
  ],
  tracing: ["verification", "store", "representation", "telephony"],
  console: [
    ...["verification", "clients", "admins", "vault", "store", "representation", "acts"],
    ...["events", "usage", "prompts", "receipts", "http"],
  ],
};
// These know nobody, not even the configuration; they are given what they need.
const PURE = ["verification", "sound", "ari"];
const LEAVES =
  "src/(trunks/[a-z-]+|sms/[a-z-]+|config|config-error|settings|setting|limit-settings|retention-settings|receipt-settings|sip-settings|sms-settings|trunk-settings|console-settings|node-settings|trial-settings|log|clock|child-process|run-bounded|error-code|terminal-error|private-file|kernel-lock|lines|project-dir)\\.ts$";
// They know nothing themselves: where a program of ours lies that a thread is to run, and how long to wait.
const KNOWING_NOTHING = "src/(worker-program|backoff|pacing|turns)\\.ts$";

module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-orphans",
      severity: "error",
      from: { orphan: true, pathNot: ["src/(main|setup)\\.ts$", "\\.d\\.ts$"] },
      to: {},
    },
    ...Object.entries(MAY_IMPORT).map(([folder, allowed]) => ({
      name: `${folder}-imports-only-${allowed.join("-") || "nobody"}`,
      severity: "error",
      from: { path: `^src/${folder}/` },
      to: {
        path: "^src/",
        pathNot: [
          `^src/(${[folder, ...allowed].join("|")})/`,
          KNOWING_NOTHING,
          ...(PURE.includes(folder) ? [] : [LEAVES]),
        ],
      },
    })),
    {
      name: "verification-and-sound-do-no-io",
      severity: "error",
      from: { path: "^src/(verification|sound)/" },
      to: { dependencyTypes: ["core"], pathNot: "^(node:)?crypto$" },
    },
    {
      name: "a-dialect-is-opened-in-one-place",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/store/(dialects\\.ts|[^/]+/)" },
      to: { path: "^src/store/[^/]+/" },
    },
    {
      name: "a-dialect-knows-no-other",
      severity: "error",
      from: { path: "^src/store/([^/]+)/" },
      to: { path: "^src/store/[^/]+/", pathNot: "^src/store/$1/" },
    },
    {
      name: "a-link-knows-no-other",
      severity: "error",
      from: { path: "^src/ari/([^/]+)/" },
      to: { path: "^src/ari/[^/]+/", pathNot: "^src/ari/$1/" },
    },
    {
      name: "nobody-imports-the-set-up",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^src/setup\\.ts$" },
    },
    {
      name: "nobody-imports-the-wiring",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(main\\.ts|service/|cli/)" },
      to: { path: "^src/(main\\.ts|service/|cli/)" },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: { extensions: [".ts", ".js"], conditionNames: ["import", "node", "default"] },
  },
};
