"""What schemathesis checks of every answer beyond the document: that no fault of ours hides in an envelope."""

import json

import schemathesis


@schemathesis.check
def no_fault_in_the_envelope(ctx, response, case):
    """Business errors are HTTP 200 (docs/adr/0007): the true status of a code stands in the document's table."""
    try:
        answer = json.loads(response.content)
    except ValueError:
        return
    code = answer.get("code") if isinstance(answer, dict) else None
    row = case.operation.schema.raw_schema["x-error-code-table"].get(str(code), {})
    if row.get("status", 200) >= 500 and not is_unreadable(response.request.body):
        raise AssertionError(f"{code} {row['name']} is a fault on our side: {answer}")


def is_unreadable(body):
    """A body that is no JSON is refused under the number of our own faults (contract §7.1)."""
    if not body:
        return True
    try:
        json.loads(body)
    except ValueError:
        return True
    return False
