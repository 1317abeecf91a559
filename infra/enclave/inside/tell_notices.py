"""Print what the lab noticed, such as a kernel that was ended for want of memory, after the next cell that runs.

IPython runs this file at the start of a kernel, inside the sandbox, among the researcher's own names: it leaves none.
"""


def _begin(shell):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - IPython's shell; any import for a type would stay
    """Look for notices after each cell; those of the last two minutes say why the kernel before this one ended."""
    import time  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    folder = Path("/run/datalab/notices")
    shown = [f"{int((time.time() - 120) * 1000):015d}"]

    def tell(*_: object) -> None:
        for file in sorted(folder.glob("*.txt")):
            if file.name > shown[-1]:
                shown.append(file.name)
                print("\N{WARNING SIGN} The lab:", file.read_text().strip())  # noqa: T201 - the cell's output

    shell.events.register("post_run_cell", tell)


_begin(get_ipython())  # type: ignore[name-defined, no-untyped-call]  # noqa: F821 - IPython gives it
del _begin
