"""What the newcomer's test reads in a README."""

import pytest

from tests.newcomer.readme import Readme

TEXT = """# Product

## Try it

```sh
make demo   # starts it
```

Later [more](docs/more.md#part).

## Steps

1. Open `/page`, choose *Big
   button*. ![A picture](picture.png)

2. Sign in as `ann`; *Settings, Types* has [the *rest*](docs/rest.md).

Not a step: `nothing`.
"""


def test_commands_and_files():
    readme = Readme(TEXT)
    assert readme.commands("Try it") == ["make demo"]
    assert readme.files() == {"docs/more.md", "picture.png", "docs/rest.md"}
    with pytest.raises(AssertionError, match="no section"):
        readme.commands("Missing")


def test_names_of_the_steps():
    readme = Readme(TEXT)
    assert readme.steps("Steps") == 2
    assert readme.says("Big button") == "Big button"
    assert readme.unused() == ["Settings", "Types", "rest", "/page", "ann"]
    with pytest.raises(AssertionError, match="does not say"):
        readme.says("nothing")
