import { createRequire } from "node:module";
import path from "node:path";

// `make lint` keeps the packages in a cache outside the checkout and says where; a developer who ran
// `npm ci` here needs nothing. ESM imports cannot be redirected (NODE_PATH is for require), so: require.
const home = process.env.IMMOASSIST_NODE_HOME ?? import.meta.dirname;
const require = createRequire(path.join(home, "package.json"));
const js = require("@eslint/js");
const globals = require("globals");

const restricted = [
    {
        selector: "PrivateIdentifier",
        message: "Odoo extends classes by patching, and a #private member cannot be patched.",
    },
    {
        selector: "AssignmentExpression[left.property.name=/^(inner|outer)HTML$/]",
        message: "Text from a visitor must never become HTML: use textContent or a QWeb template.",
    },
    // The rest is of Odoo's own lint (test_lint), which needs an eslint of its time.
    ...["props", "template"].map((name) => ({
        selector: `ClassDeclaration[superClass.name='Component']:not(:has(ClassBody.body > PropertyDefinition[key.name='${name}'][static='true']))`,
        message: `Component should declare static ${name}`,
    })),
    {
        selector: "CallExpression[callee.name='_t'] > :first-child[value=/(.*%s){2,}/]",
        message: "Usage of _t function with multiple unnamed placeholders",
    },
    {
        selector:
            "CallExpression[callee.object.name='notificationService'][callee.property.name='add'] > Literal:first-child",
        message: "String passed to 'notificationService.add()' should be translated.",
    },
];

const rules = {
    "arrow-body-style": ["error", "as-needed"],
    complexity: ["error", 10],
    curly: ["error", "all"],
    eqeqeq: "error",
    "max-lines-per-function": ["error", { max: 40, skipComments: true }],
    "no-alert": "error",
    "no-console": ["error", { allow: ["warn", "error"] }],
    "no-duplicate-imports": "error",
    "no-eval": "error",
    "no-implied-eval": "error",
    "no-new-func": "error",
    "no-param-reassign": "error",
    "no-restricted-globals": ["error", "event", "self"],
    "no-restricted-syntax": ["error", ...restricted],
    "no-shadow": "error",
    "no-var": "error",
    "object-shorthand": "error",
    "prefer-const": "error",
    "prefer-template": "error",
};

export default [
    { ignores: ["**/node_modules/", "**/static/lib/"] },
    js.configs.recommended,
    {
        files: ["**/*.js"],
        languageOptions: {
            ecmaVersion: 2024,
            sourceType: "module",
            globals: { ...globals.browser, luxon: "readonly", odoo: "readonly" },
        },
        rules,
    },
    {
        // A test suite is one long function by nature; each of its tests is not.
        files: ["**/static/tests/**/*.js"],
        rules: { "max-lines-per-function": "off" },
    },
    { files: ["*.mjs"], languageOptions: { globals: globals.node }, rules },
];
