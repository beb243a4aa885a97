"""noop behind kedro-boot's own FastAPI adapter: the endpoint's name and type say that the pipeline's `v10` is answered."""
from fastapi import FastAPI
from kedro_boot.app.fastapi.session import KedroFastApi
from pydantic import BaseModel

app = FastAPI()


class Answer(BaseModel):
    v10: int


@app.post("/run")
def v10(outputs: KedroFastApi) -> Answer:
    return Answer(v10=outputs)
