# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks the models of the Ralph learning record store about statements; runs in its environment.

Reads one statement a line, writes `ok` or what is wrong with it, a line each.
"""

import json
import sys

from pydantic import ValidationError
from ralph.models.selector import ModelSelector
from ralph.models.xapi.base.statements import BaseXapiStatement

VIDEO = "https://w3id.org/xapi/video"


def complaint(statement: dict[str, object], selector: ModelSelector) -> str:
    try:
        BaseXapiStatement.model_validate(statement)
        if is_of_video_profile(statement):
            model = selector.get_first_model(statement)
            if model is None:
                return "no template of the Video Profile has this verb"
            model.model_validate(statement)
    except ValidationError as error:
        return json.dumps(error.errors(include_url=False, include_context=False))
    return "ok"


def is_of_video_profile(statement: dict[str, object]) -> bool:
    context = statement.get("context")
    activities = context.get("contextActivities", {}) if isinstance(context, dict) else {}
    categories = activities.get("category", [])
    return any(category.get("id") == VIDEO for category in categories)


def main() -> None:
    selector = ModelSelector("ralph.models.xapi")
    for line in sys.stdin:
        sys.stdout.write(complaint(json.loads(line), selector) + "\n")


if __name__ == "__main__":
    main()
