"""Writes each hook's name and arguments to the file that HOOKED_FILE names."""
import os

from kedro.framework.hooks import hook_impl


def note(name, **said):
    if "HOOKED_FILE" in os.environ:
        with open(os.environ["HOOKED_FILE"], "a") as file:
            file.write(" ".join([name, *(f"{key}={value}" for key, value in said.items())]) + "\n")


class Recorder:
    @hook_impl
    def after_context_created(self, context):
        note("after_context_created", env=context.env)

    @hook_impl
    def after_catalog_created(self, catalog, conf_catalog, conf_creds, parameters, load_versions):
        names = sorted(name for name in catalog.keys())
        note("after_catalog_created", catalog=names, conf=conf_catalog, parameters=parameters, load=load_versions)

    @hook_impl
    def before_pipeline_run(self, run_params, pipeline, catalog):
        keys = ("project_path", "env", "kedro_version", "tags", "from_nodes", "runtime_params", "runner")
        note("before_pipeline_run", nodes=[node.name for node in pipeline.nodes], run={key: run_params[key] for key in keys})

    @hook_impl
    def before_dataset_loaded(self, dataset_name, node):
        note("before_dataset_loaded", dataset=dataset_name, node=node.name)

    @hook_impl
    def after_dataset_loaded(self, dataset_name, data, node):
        note("after_dataset_loaded", dataset=dataset_name, data=data, node=node.name)

    @hook_impl
    def before_node_run(self, node, catalog, inputs, is_async):
        note("before_node_run", node=node.name, inputs=inputs, is_async=is_async)

    @hook_impl
    def after_node_run(self, node, catalog, inputs, outputs, is_async):
        note("after_node_run", node=node.name, inputs=inputs, outputs=outputs, is_async=is_async)

    @hook_impl
    def on_node_error(self, error, node, inputs):
        note("on_node_error", node=node.name, error=repr(error), inputs=inputs)

    @hook_impl
    def before_dataset_saved(self, dataset_name, data, node):
        note("before_dataset_saved", dataset=dataset_name, data=data, node=node.name)

    @hook_impl
    def after_dataset_saved(self, dataset_name, data, node):
        note("after_dataset_saved", dataset=dataset_name, data=data, node=node.name)

    @hook_impl
    def after_pipeline_run(self, run_params, run_result, pipeline, catalog):
        note("after_pipeline_run", result=sorted(run_result), nodes=[node.name for node in pipeline.nodes])

    @hook_impl
    def on_pipeline_error(self, error, run_params, pipeline):
        note("on_pipeline_error", error=type(error).__name__, nodes=[node.name for node in pipeline.nodes])
        if run_params["runtime_params"].get("hook_fails"):
            raise RuntimeError("the hook was told to fail")
