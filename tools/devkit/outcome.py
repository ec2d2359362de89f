"""What a part of the tests came to, and the closing line."""

from dataclasses import dataclass, field


@dataclass
class Outcome:
    """Passed tests, and one complaint for each thing that failed."""

    name: str
    passed: int = 0
    complaints: list[str] = field(default_factory=list)

    @property
    def failed(self) -> int:
        """Number of failures: tests, log entries, empty parts."""
        return len(self.complaints)


def conclude(outcomes: list[Outcome]) -> int:
    """Print every complaint, then `N passed, N failed`; return the exit code."""
    for outcome in outcomes:
        for complaint in outcome.complaints:
            print(f"\n{outcome.name}: {_shortened(complaint)}")
    print()
    for outcome in outcomes:
        print(f"{outcome.name}: {outcome.passed} ok, {outcome.failed} not ok")
    passed = sum(outcome.passed for outcome in outcomes)
    failed = sum(outcome.failed for outcome in outcomes)
    if not passed and not failed:
        print("No test ran.")
        failed = 1
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def _shortened(text: str, limit: int = 60) -> str:
    lines = text.rstrip().splitlines()
    if len(lines) > limit:
        left_out = len(lines) - limit
        lines = [*lines[: limit // 3], f"    ... {left_out} lines ...", *lines[-limit * 2 // 3 :]]
    return "\n".join(lines)
