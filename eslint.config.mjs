import js from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist/", "var/", ".honnin/", "node_modules/"] },
  js.configs.recommended,
  {
    files: ["**/*.ts", "**/*.tsx"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Every promise has an owner; every switch over a union names all of it.
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/consistent-type-definitions": ["error", "interface"],
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "no-console": "error",
      "max-lines": ["error", { max: 500 }],
      eqeqeq: "error",
    },
  },
  { files: ["src/**"], rules: { "max-lines": ["error", { max: 250 }] } },
  {
    // Elements are made of handlers that give nothing back; what a form does is awaited by nobody but its own state.
    files: ["web/**/*.tsx"],
    rules: {
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      "max-lines": ["error", { max: 300 }],
    },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      // chai's property assertions are expressions; mocha's `it` takes promises.
      "@typescript-eslint/no-unused-expressions": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
      "no-console": "off",
      // Keys of a telephone: there is no emoji among them.
      "@typescript-eslint/no-misused-spread": "off",
    },
  },
  // Sentences: what a function among them gives is one too, and the other language is held to it.
  { files: ["web/**/text/*.ts"], rules: { "@typescript-eslint/explicit-module-boundary-types": "off" } },
  {
    // What runs in the browser.
    files: ["web/**/*.js"],
    languageOptions: { sourceType: "script", globals: { SwaggerUIBundle: "readonly" } },
  },
  {
    files: ["examples/**/front/*.js", "web/start/*.js"],
    languageOptions: {
      sourceType: "module",
      globals: Object.fromEntries(
        [
          ...["document", "location", "navigator", "localStorage", "performance", "fetch", "FormData"],
          ...["setTimeout", "setInterval", "addEventListener"],
        ].map((name) => [name, "readonly"]),
      ),
    },
  },
  {
    files: ["**/*.mjs", "**/*.cjs"],
    languageOptions: {
      globals: {
        ...{ process: "readonly", console: "readonly", module: "writable", URL: "readonly" },
        ...{ fetch: "readonly", AbortSignal: "readonly" },
      },
    },
  },
);
