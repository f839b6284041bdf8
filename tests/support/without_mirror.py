"""List the modules that have no test file at their mirrored path, with the reason. The list may only shrink."""

WITHOUT_MIRROR: dict[str, tuple[str, ...]] = {
    "declarations of slots, whose examples run as doctests and whose rules the contract tests hold": (
        "mpcl_core/interfaces/components/component.py",
        "mpcl_core/interfaces/components/encoder.py",
        "mpcl_core/interfaces/components/estimator.py",
        "mpcl_core/interfaces/components/fitted_transform.py",
        "mpcl_core/interfaces/components/fusion.py",
        "mpcl_core/interfaces/components/head.py",
        "mpcl_core/interfaces/components/memory.py",
        "mpcl_core/interfaces/components/objective.py",
        "mpcl_core/interfaces/components/protocol.py",
        "mpcl_core/interfaces/components/recording_transform.py",
        "mpcl_core/interfaces/components/retrieval.py",
        "mpcl_core/interfaces/components/source.py",
        "mpcl_core/interfaces/components/transform.py",
        "mpcl_core/interfaces/components/window_transform.py",
        "mpcl_core/interfaces/components/windowing.py",
    ),
    "declarations without logic of their own": (
        "mpcl_core/interfaces/data/recording.py",
        "mpcl_core/interfaces/data/state.py",
        "mpcl_core/interfaces/hooks.py",
        "mpcl_core/jobs/job.py",
    ),
    "jobs in fresh processes, which test_fresh_process.py, test_traced_search.py and the audits of leaky recipes run": (
        "mpcl_core/leaks/traced_job.py",
    ),
    "a part of the source `folder`, which test_folder.py reads recordings with": (
        "mpcl_plugins/sources/_folder/recordings.py",
    ),
}
