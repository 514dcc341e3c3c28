#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check-reports.py FOLDER [SCHEMAS]: holds a run folder or a sealed bundle against other people's tools.

Needs (PyPI): jsonschema junitparser fhir.resources; for bundles also securesystemslib cryptography in-toto-attestation;
xmllint (libxml2-utils) for XML Schema. SCHEMAS is a folder with whatever there is of ctrf.schema.json,
sarif-schema-2.1.0.json, har/ (the files of har-schema's lib), JUnit.xsd (Windy Road) and junit-10.xsd (Jenkins); what is not
there is told as not checked. Ends with 1 where a check fails, else with 0.
"""
import json
import pathlib
import subprocess
import sys

folder = pathlib.Path(sys.argv[1])
schemas = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
docs = pathlib.Path(__file__).resolve().parent.parent / "docs"
failed = 0


def check(name, work):
    """Runs one check; what it returns is told, what it raises is a failure."""
    global failed
    try:
        print(f"ok: {name}: {work()}")
    except (NotHere, ImportError) as missing:
        print(f"not checked: {name}: {missing}")
    except Exception as error:  # every kind of complaint counts
        failed += 1
        print(f"FAILED: {name}: {type(error).__name__}: {str(error)[:600]}")


class NotHere(Exception):
    pass


def schema(name):
    if schemas is None or not (schemas / name).exists():
        raise NotHere(f"no {name}")
    return schemas / name


def read(name):
    return json.loads((folder / name).read_text())


def valid(value, rules, registry=None):
    import jsonschema

    kind = jsonschema.validators.validator_for(rules)
    kind.check_schema(rules)
    found = sorted(kind(rules, **({"registry": registry} if registry else {})).iter_errors(value), key=str)
    if found:
        raise ValueError(f"{len(found)} faults, first at {found[0].json_path}: {found[0].message}")


def trace():
    """One validator for all lines; the definitions of an event's fields by its kind."""
    import jsonschema

    rules = json.loads((docs / "trace.schema.json").read_text())
    line = jsonschema.Draft202012Validator(rules)
    count = 0
    with open(folder / "trace.ndjson") as lines:
        for count, text in enumerate(lines, 1):
            errors = list(line.iter_errors(json.loads(text)))
            if errors:
                raise ValueError(f"line {count}: {errors[0].message[:300]}")
    return f"{count} lines"


def results():
    valid(read("results.json"), json.loads((docs / "results.schema.json").read_text()))
    return "results.schema.json"


def ctrf():
    valid(read("ctrf.json"), json.loads(schema("ctrf.schema.json").read_text()))
    return "the project's schema"


def sarif():
    valid(read("findings.sarif"), json.loads(schema("sarif-schema-2.1.0.json").read_text()))
    return "OASIS's schema"


def har():
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT6

    parts = {path.name: json.loads(path.read_text()) for path in schema("har").glob("*.json")}
    registry = Registry().with_resources(
        [(name, Resource.from_contents(part, default_specification=DRAFT6)) for name, part in parts.items()]
        + [(part["$id"], Resource.from_contents(part, default_specification=DRAFT6)) for part in parts.values()]
    )
    valid(read("traffic.har"), parts["har.json"], registry)
    return "har-schema"


def junit_schema(name):
    path = schema(name)
    done = subprocess.run(
        ["xmllint", "--noout", "--nonet", "--schema", str(path), str(folder / "junit.xml")], capture_output=True, text=True
    )
    if done.returncode:
        raise ValueError(done.stderr)
    return "xmllint"


def junit():
    from junitparser import JUnitXml

    xml = JUnitXml.fromfile(str(folder / "junit.xml"))
    cases = [case for suite in xml for case in suite]
    expected = sum(len(s["checks"]) for s in read("results.json")["scenarios"]) + len(read("results.json")["run-checks"])
    if len(cases) != expected:
        raise ValueError(f"{len(cases)} cases, {expected} checks")
    return f"{len(cases)} cases"


def test_report():
    from fhir.resources.R4B.testreport import TestReport

    report = TestReport.model_validate(read("testreport.fhir.json"))
    return f"R4B, {len(report.test or [])} tests"


def manifest():
    done = subprocess.run(
        ["sha256sum", "-c", "--strict", "--quiet", "MANIFEST.sha256"], cwd=folder, capture_output=True, text=True
    )
    if done.returncode:
        raise ValueError(done.stdout + done.stderr)
    return "sha256sum -c"


def envelope():
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
    from google.protobuf import json_format
    from in_toto_attestation.predicates.test_result.v0 import test_result_pb2
    from in_toto_attestation.v1 import statement_pb2
    from in_toto_attestation.v1.statement import Statement
    from securesystemslib.dsse import Envelope
    from securesystemslib.signer import SSlibKey

    data = read("attestation.dsse.json")
    keyid = data["signatures"][0]["keyid"]
    public = load_pem_public_key((folder / "signer.pem").read_bytes())
    sealed = Envelope.from_dict(data)
    sealed.verify([SSlibKey.from_crypto(public, keyid=keyid)], 1)
    statement = Statement.copy_from_pb(json_format.Parse(sealed.payload, statement_pb2.Statement()))
    statement.validate()
    predicate = json.loads(sealed.payload)["predicate"]
    json_format.ParseDict(predicate, test_result_pb2.TestResult())
    return f"signed, {predicate['result']}"


check("trace.ndjson", trace)
check("results.json", results)
check("junit.xml, junitparser", junit)
check("junit.xml, JUnit.xsd", lambda: junit_schema("JUnit.xsd"))
check("junit.xml, junit-10.xsd", lambda: junit_schema("junit-10.xsd"))
check("ctrf.json", ctrf)
check("findings.sarif", sarif)
check("traffic.har", har)
check("testreport.fhir.json", test_report)
if (folder / "attestation.dsse.json").exists():
    check("MANIFEST.sha256", manifest)
    check("attestation.dsse.json", envelope)
sys.exit(1 if failed else 0)
