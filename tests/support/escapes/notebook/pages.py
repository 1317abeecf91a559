"""Notebooks, settings and extensions that make the browser which shows them ask for something elsewhere.

What any page can try, `escapes.browser` tries; here is what JupyterLab itself does with what it is given.
"""

from __future__ import annotations

import json

from jupyterlab_server.workspaces_handler import slugify

from escapes.notebook.attempt import NotebookAttempt as Attempt

_HTML, _PROGRAM = "text/html", "application/javascript"
_EXTENSION = ".local/share/jupyter/labextensions/hostile"
_STRANGER = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {"kernelspec": {"name": "python3", "display_name": "x", "language": "python"}},
    "cells": [
        {
            "cell_type": "code",
            "id": "a",
            "metadata": {},
            "execution_count": 1,
            "source": "",
            "outputs": [
                {"output_type": "display_data", "metadata": {}, "data": {_HTML: '<img src="@SINK@/stranger">'}}
            ],
        }
    ],
}
_WORKSPACE = {
    "data": {
        "layout-restorer:data": {
            "main": {
                "dock": {"type": "tab-area", "currentIndex": 0, "widgets": ["help-doc:@SINK@/shown"]},
                "current": "help-doc:@SINK@/shown",
            }
        },
        "help-doc:@SINK@/shown": {"data": {"url": "@SINK@/shown", "text": "x"}},
    },
    "metadata": {"id": "hostile"},
}
_REQUIRE = "<script>window.requirejs = names => import(names[0]); window.requirejs.config = () => {};</script>"
PAGES = (
    Attempt(
        name="a script in an output whose trust was forged",
        outputs=({_HTML: "<script>new Image().src = '@SINK@/script'</script>"},),
        decisive=True,
    ),
    Attempt(name="a picture in an output", outputs=({_HTML: '<img src="@SINK@/img">'},), decisive=True),
    Attempt(name="a frame in an output", outputs=({_HTML: '<iframe src="@SINK@/frame"></iframe>'},), decisive=True),
    Attempt(
        name="a style sheet in an output",
        outputs=({_HTML: '<link rel="stylesheet" href="@SINK@/c.css">'},),
        decisive=True,
    ),
    Attempt(
        name="a program as an output", outputs=({_PROGRAM: "fetch('@SINK@/js', {mode: 'no-cors'})"},), decisive=True
    ),
    Attempt(
        name="a chart (Vega-Lite) with data from elsewhere",
        outputs=(
            {
                "application/vnd.vegalite.v5+json": {
                    "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
                    "data": {"url": "@SINK@/data.json"},
                    "mark": "bar",
                    "encoding": {"x": {"field": "a", "type": "quantitative"}},
                }
            },
        ),
        decisive=True,
    ),
    Attempt(name="Markdown with a picture from elsewhere", markdown="![x](@SINK@/markdown)", decisive=True),
    Attempt(name="Markdown with a film from elsewhere", markdown='<video src="@SINK@/film" preload="auto"></video>'),
    Attempt(
        name="a stranger's notebook with a picture",
        files={"stranger.ipynb": json.dumps(_STRANGER)},
        page="lab/tree/stranger.ipynb",
    ),
    Attempt(
        name="an output that is changed after it was shown",
        cell="from IPython.display import display, HTML\nshown = display(HTML('x'), display_id=True)\n"
        "shown.update(HTML(\"<script>new Image().src = '@SINK@/update'</script>\"))",
    ),
    Attempt(
        name="HTML of a widget, without ipywidgets",
        cell="from IPython.display import display\ndisplay({'application/vnd.jupyter.widget-view+json': "
        "{'version_major': 2, 'version_minor': 0, 'model_id': 'x'}, 'text/html': "
        "\"<img src='@SINK@/widget'>\"}, raw=True)",
    ),
    Attempt(
        name="a comm that names a module elsewhere",
        cell=f"from IPython.display import display, HTML\ndisplay(HTML({_REQUIRE!r}))\nimport time; time.sleep(1)\n"
        "from comm import create_comm\ncreate_comm(target_name='x', target_module='@SINK@/module.js')",
    ),
    Attempt(
        name="a workspace that shows a page from elsewhere",
        files={f".jupyter/lab/workspaces/{slugify('hostile')}.jupyterlab-workspace": json.dumps(_WORKSPACE)},
        page="lab/workspaces/hostile",
    ),
    Attempt(
        name="an extension of JupyterLab in the home folder",
        files={
            f"{_EXTENSION}/package.json": json.dumps(
                {
                    "name": "hostile",
                    "version": "1.0.0",
                    "jupyterlab": {
                        "extension": True,
                        "_build": {"load": "static/entry.js", "extension": "./extension"},
                    },
                }
            ),
            f"{_EXTENSION}/static/entry.js": "fetch('@SINK@/extension', {mode: 'no-cors'})",
        },
        page="lab",
    ),
)
