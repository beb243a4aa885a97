from kedro.io import AbstractDataset


class Model:
    """What only its author knows how to copy."""

    def __deepcopy__(self, memo):
        raise RuntimeError("this model must not be copied")


class ModelDataset(AbstractDataset):
    def load(self):
        return {"model": Model(), "seen": []}

    def save(self, data):
        raise NotImplementedError

    def _describe(self):
        return {}
