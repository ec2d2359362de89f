// XML is left to the OCA hooks: prettier's XML plugin breaks long QWeb attributes and moves the white space
// around inline nodes, which is visible text in mails and pages.
export default {
    printWidth: 100,
    tabWidth: 4, // Odoo's own JavaScript style
    overrides: [{ files: ["*.json", "*.yml", "*.yaml"], options: { tabWidth: 2 } }],
};
