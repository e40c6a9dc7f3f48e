# Reads a JSON list of {"schema": FILE, "strict": BOOL, "body": TEXT} and writes a list
# of what is wrong with each body, null when nothing is. Strict: no member beyond the
# schema's.
import functools
import json
import sys

from jsonschema import Draft202012Validator


@functools.cache
def validator(path, strict):
    with open(path, encoding="utf-8") as file:
        schema = json.load(file)
    if strict:
        schema["unevaluatedProperties"] = False
        for event in schema["oneOf"]:
            event["properties"]["data"]["unevaluatedProperties"] = False
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


verdicts = []
for case in json.load(sys.stdin):
    faults = validator(case["schema"], case["strict"]).iter_errors(json.loads(case["body"]))
    verdicts.append("; ".join(fault.message for fault in faults) or None)
json.dump(verdicts, sys.stdout)
