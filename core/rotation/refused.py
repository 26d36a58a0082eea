"""What a verb about officials, their days and cells' meetings answers when it cannot be done."""


class Refused(Exception):
    """The step is not possible; `problems` maps field to a Vietnamese sentence."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems
