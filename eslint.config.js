import js from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
    { ignores: ["dist/", "node_modules/", ".stardeck/"] },
    js.configs.recommended,
    tseslint.configs.strictTypeChecked,
    tseslint.configs.stylisticTypeChecked,
    {
        languageOptions: { parserOptions: { projectService: true } },
        rules: {
            "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
            "@typescript-eslint/switch-exhaustiveness-check": "error",
            "@typescript-eslint/consistent-type-imports": "error",
            eqeqeq: "error",
            "no-console": "error",
        },
    },
    {
        // Only the edge of the program may touch the process; everything else is handed what it needs.
        files: ["src/**/*.{ts,tsx}"],
        ignores: [
            "src/cli.ts",
            "src/knex.ts",
            "src/commands/**",
            "src/config/**",
            "src/database/embedded/**",
            "src/tui/main.tsx",
        ],
        rules: { "no-restricted-globals": ["error", "process", "console"] },
    },
    { files: ["**/*.js"], extends: [tseslint.configs.disableTypeChecked] },
);
