"""Runs requests with Kedro's own session in the project of the working directory, and writes down what came of each."""
import inspect
import json
import shutil
import sys
from pathlib import Path

from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project


def session_class():
    from kedro.framework.project import settings

    return getattr(settings, "SESSION_CLASS", KedroSession)


def run(project, request, env, conf_source):
    wanted, params = session_class(), request.get("runtimeParams") or {}
    names = request.get("pipelines")
    takes_names = "pipeline_names" in inspect.signature(wanted.run).parameters
    chosen = {"pipeline_names": names} if takes_names else {"pipeline_name": names[0] if names else None}
    options = {"project_path": project, "env": env, "conf_source": conf_source}
    if issubclass(wanted, KedroSession):
        options["runtime_params"] = params
    else:
        chosen["runtime_params"] = params
    with wanted.create(**options) as session:
        result = session.run(**chosen)
    return {name: each.load() if "Memory" in type(each).__name__ else {"stored": name} for name, each in result.items()}


def files_of(project):
    data = project / "data"
    found = {file.relative_to(data).as_posix(): file.read_text() for file in data.rglob("*") if file.is_file()}
    shutil.rmtree(data, ignore_errors=True)
    return found


def judge(project, step, spec):
    (project / "stamp.txt").write_text(step.get("stamp", "first"))
    try:
        answer = {"outputs": run(project, step.get("request") or {}, spec.get("env"), spec.get("confSource"))}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    return {**answer, "files": files_of(project)}


def main():
    spec = json.loads(sys.argv[1])
    project = Path.cwd()
    bootstrap_project(project)
    answers = [judge(project, step, spec) for step in spec["steps"]]
    Path(sys.argv[2]).write_text(json.dumps(answers))


main()
