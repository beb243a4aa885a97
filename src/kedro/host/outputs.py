"""Which of the persisted datasets that a run would save are there already."""
from .private import show_params


def check_outputs(engine, request):
    params = request.get("runtimeParams") or {}
    plan = engine.plans.make(request, sorted(request.get("runtimeData") or {}))
    engine.catalogs.fill(params)
    show_params(engine.project.context, params, engine.project.config.params)
    engine.place(plan)
    catalog, broken = engine.catalogs.build((), {}, None)
    answer = {"there": [], "missing": []}
    for name in (name for node in plan.pipeline.nodes for name in node.outputs):
        if name in plan.stored:
            engine.catalogs.materialise(catalog, name, broken)
            answer["there" if catalog.exists(name) else "missing"].append(name)
    return answer
