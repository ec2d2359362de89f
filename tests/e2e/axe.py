"""axe-core in the page of a test: what WCAG 2.2 A and AA forbid and a program can see."""

import functools

from tools.devkit import config, node, venvs

# WCAG is cumulative: each version adds criteria.
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa")
# Odoo's own header and footer, which the agency builds and we cannot repair.
NOT_OURS = ("header#top", "footer#bottom", "#o_search_modal")
RUN = """
([tags, others]) => axe.run(
    { exclude: others.filter((one) => document.querySelector(one)) },
    { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] }
)
"""


@functools.cache
def source():
    home = node.packages(venvs.dev_python(), config.REPO)
    return (home / "node_modules" / "axe-core" / "axe.min.js").read_text()


def violations(page):
    """One line for each element that breaks a rule: rule, element, what is wrong."""
    page.evaluate(source())  # past the content security policy of the page
    found = page.evaluate(RUN, [list(TAGS), list(NOT_OURS)])
    assert found["testEngine"]["name"] == "axe-core"
    return [
        f"{rule['id']} ({rule['impact']}): {place['html'][:160]} | {place['failureSummary'][:300]}"
        for rule in found["violations"]
        for place in rule["nodes"]
    ]
