import dataclasses


@dataclasses.dataclass
class Options:
    depth: int
    name: str = "elm"

    def __post_init__(self):
        if self.depth < 0:
            raise ValueError("depth must not be negative")


try:
    import pydantic

    class Step(pydantic.BaseModel):
        at: float

    class Limits(pydantic.BaseModel):
        low: int
        high: int = 10
        steps: list[Step] = []

except ImportError:
    Limits = None
