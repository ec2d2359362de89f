"""The README as a newcomer reads it: commands to type, names to look for, links to follow."""

import re

FENCED = re.compile(r"^\s*```sh\n(.*?)^\s*```$", re.DOTALL | re.MULTILINE)
# Pictures and the addresses of links are not said in words.
PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
LINK = re.compile(r"\[([^\]]*)\]\(([^)]*)\)")


class Readme:
    """Gives out what the README says, and knows what nobody asked for."""

    def __init__(self, text):
        self.text = text
        self._unused = {}

    def section(self, heading):
        found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", self.text, re.M | re.S)
        assert found, f"README has no section {heading!r}"
        return found[1]

    def commands(self, heading, number=0):
        """The lines of a block of commands, without their comments."""
        lines = FENCED.findall(self.section(heading))[number].splitlines()
        return [line.partition("#")[0].strip() for line in lines if line.strip()]

    def steps(self, heading):
        """Begin to follow the numbered steps of a section: each name in them is to be used."""
        steps = re.findall(r"^\d+\. .*\n(?:(?: {3}.*)?\n)*", self.section(heading), re.M)
        text = LINK.sub(r"\1", PICTURE.sub("", "".join(steps)))
        names = re.findall(r"\*([^*]+)\*", text) + re.findall(r"`([^`]+)`", text)
        words = (part.strip() for name in names for part in " ".join(name.split()).split(", "))
        self._unused = dict.fromkeys(words, False)
        return len(steps)

    def says(self, name):
        """A name of a button, a page or a person, which must stand in the steps just so."""
        assert name in self._unused, f"README does not say {name!r}"
        self._unused[name] = True
        return name

    def unused(self):
        """Names that the steps say and that nobody has looked for."""
        return [name for name, used in self._unused.items() if not used]

    def files(self):
        """The files of the checkout that the README links to or shows."""
        targets = [target for _text, target in LINK.findall(self.text)]
        return {target.partition("#")[0] for target in targets if "://" not in target} - {""}
