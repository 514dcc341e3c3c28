#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes Sources/FHIRModel/Tables/*.swift from the HL7 package hl7.fhir.r4.core 4.0.1 (CC0).

    Scripts/generate-fhir-tables.py PACKAGE_FOLDER [PROJECT_FOLDER]

Only what the model needs is kept: names, types, cardinalities, required bindings with their codes, constraints.
One line a fact, fields parted by '|' (lists by ','), sorted, so that a newer package shows as a small difference:

    T|name|base|kind                      kind: R resource, A abstract resource, D data type, B element of another type
    E|name|min|max|types|binding|keys     an own element of the T above; a type '@X' is the T called X
    C|key|severity|expression             a constraint by key, named by T lines ('K|keys') and E lines
    H|key|sentence                        what the constraint asks for
    V|name|system|codes                   codes of a required value set
    S|type|name|kind|targets|components|expression    a search parameter of a resource type; components (of composites)
                                          are 'kind expression' parted by ';'
"""
import json
import pathlib
import sys

package = pathlib.Path(sys.argv[1])
project = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else pathlib.Path(__file__).parent.parent)
LIMIT = 380_000


def load(kind):
    result = {}
    for path in sorted(package.glob(f"{kind}-*.json")):
        content = json.loads(path.read_text())
        if content.get("resourceType") == kind:
            result[content["url"]] = content
    return result


structures = load("StructureDefinition")
value_sets = load("ValueSet")
code_systems = load("CodeSystem")

# ---- types

base_url = "http://hl7.org/fhir/StructureDefinition/"
quantities = {"Age", "Count", "Distance", "Duration"}
types = {}
for structure in structures.values():
    name = structure["name"] if structure["name"] in quantities else structure["type"]
    if structure["kind"] not in ("resource", "complex-type"):
        continue
    if structure.get("derivation") == "constraint" and structure["name"] not in quantities:
        continue
    types[name] = structure


def base_name(name):
    if name in quantities:
        return "Quantity"
    return types[name].get("baseDefinition", "").removeprefix(base_url)


def own_elements(name):
    structure = types[name]
    root = structure["type"]
    inherited = set()
    base = base_name(name)
    while base in types:
        for element in types[base]["snapshot"]["element"]:
            path = element["path"].split(".", 1)
            if len(path) == 2:
                inherited.add(path[1])
        base = base_name(base)
    groups = {}
    for element in structure["snapshot"]["element"]:
        if ":" in element["id"]:
            continue
        path = element["path"]
        if path == root:
            groups[name] = []
            continue
        local = path[len(root) + 1:]
        parent, _, _ = path.rpartition(".")
        if parent == root and local in inherited:
            continue
        if parent != root and path.rsplit(".", 1)[1] in ("id", "extension", "modifierExtension"):
            continue
        groups.setdefault(parent if parent != root else name, []).append(element)
    return groups


def type_names(element, path):
    if "contentReference" in element:
        return "@" + element["contentReference"].lstrip("#")
    names = []
    for entry in element.get("type", []):
        code = entry["code"]
        if code.startswith("http://hl7.org/fhirpath/System."):
            code = {"Resource.id": "id", "Extension.url": "uri"}.get(path, "string")
        if code in ("BackboneElement", "Element") and not path.endswith("[x]"):
            return "@" + path
        if code in ("Reference", "canonical"):
            targets = sorted({p.removeprefix(base_url) for p in entry.get("targetProfile", [])} & set(types))
            if code == "Reference" and targets and "Resource" not in targets:
                code += "(" + " ".join(targets) + ")"
        if code not in names:
            names.append(code)
    return ",".join(names)


constraints = {}
used_sets = set()


def keys(element, skipped):
    result = []
    for constraint in element.get("constraint", []):
        key = constraint["key"]
        if key in skipped or "expression" not in constraint:
            continue
        # Some keys stand for different rules in different types: told apart by a number that is not shown.
        number = 1
        unique = key
        while constraints.setdefault(unique, constraint)["expression"] != constraint["expression"]:
            number += 1
            unique = f"{key}#{number}"
        result.append(unique)
    return result


def root_keys(name):
    return {c["key"] for c in types[name]["snapshot"]["element"][0].get("constraint", [])}


common = root_keys("Element") | root_keys("Extension") | root_keys("BackboneElement")


def binding(element):
    entry = element.get("binding", {})
    if entry.get("strength") != "required" or "valueSet" not in entry:
        return ""
    url = entry["valueSet"].split("|")[0]
    used_sets.add(url)
    return url.rsplit("/", 1)[-1]


type_lines = []
for name in sorted(types):
    structure = types[name]
    inherited = set()
    base = base_name(name)
    if base in types:
        inherited = root_keys(base)
    kind = "D" if structure["kind"] == "complex-type" else "A" if structure["abstract"] else "R"
    if name == "Element":
        kind = "D"
    groups = own_elements(name)
    elements_by_path = {e["path"]: e for e in structure["snapshot"]["element"] if ":" not in e["id"]}
    for path, elements in groups.items():
        if path == name:
            type_lines.append(f"T|{name}|{base}|{kind}")
            own = keys(structure["snapshot"]["element"][0], inherited)
        else:
            holder = elements_by_path[path]
            base_type = holder["type"][0]["code"]
            type_lines.append(f"T|{path}|{base_type}|B")
            own = keys(holder, common)
        if own:
            type_lines.append("K|" + ",".join(own))
        for element in elements:
            path_types = type_names(element, element["path"])
            first = path_types.split(",")[0].split("(")[0]
            skipped = set(common)
            if first in types:
                skipped |= root_keys(first)
            own = [] if path_types.startswith("@") else keys(element, skipped)
            local = element["path"].rsplit(".", 1)[1]
            line = f"E|{local}|{element['min']}|{element['max']}|{path_types}|{binding(element)}|{','.join(own)}"
            type_lines.append(line.rstrip("|"))

# ---- codes

external = {"urn:ietf:bcp:13", "urn:ietf:bcp:47", "urn:iso:std:iso:4217", "http://unitsofmeasure.org"}


def concepts(system, parent=None):
    content = code_systems.get(system)
    if content is None or content.get("content") not in ("complete", "fragment"):
        return None
    found = []

    def walk(entries, inside):
        for entry in entries:
            here = inside or entry["code"] == parent
            if parent is None or here:
                found.append(entry["code"])
            walk(entry.get("concept", []), here)

    walk(content.get("concept", []), False)
    return found


def expand(url, depth=0):
    content = value_sets.get(url)
    if content is None or depth > 5:
        return None
    compose = content.get("compose", {})
    if compose.get("exclude"):
        return None
    result = {}
    for include in compose.get("include", []):
        if "system" in include:
            if "concept" in include:
                codes = [c["code"] for c in include["concept"]]
            elif "filter" in include:
                filters = include["filter"]
                if len(filters) != 1 or filters[0]["op"] != "is-a":
                    return None
                codes = concepts(include["system"], filters[0]["value"])
            elif include["system"] in external:
                return None
            else:
                codes = concepts(include["system"])
            if codes is None:
                return None
            result.setdefault(include["system"], []).extend(codes)
        else:
            for inner in include.get("valueSet", []):
                part = expand(inner.split("|")[0], depth + 1)
                if part is None:
                    return None
                for system, codes in part.items():
                    result.setdefault(system, []).extend(codes)
    return result


code_lines = []
open_sets = []
for url in sorted(used_sets):
    expansion = expand(url)
    if not expansion:
        open_sets.append(url)
        continue
    for system in sorted(expansion):
        codes = list(dict.fromkeys(expansion[system]))
        code_lines.append(f"V|{url.rsplit('/', 1)[-1]}|{system}|{','.join(codes)}")

constraint_lines = []
for key in sorted(constraints):
    constraint = constraints[key]
    expression = " ".join(constraint["expression"].split())
    constraint_lines.append(f"C|{key}|{constraint['severity']}|{expression}")
    constraint_lines.append(f"H|{key}|{' '.join(constraint['human'].split())}")

# ---- search parameters

parameters = load("SearchParameter")


def parts(expression):
    """The operands of the unions outside of parentheses."""
    found, depth, current = [], 0, ""
    for character in expression:
        depth += (character == "(") - (character == ")")
        if character == "|" and depth == 0:
            found.append(current)
            current = ""
        else:
            current += character
    return [part.strip() for part in found + [current]]


def own_parts(expression, base):
    """What of an expression over several types is about one of them."""
    chosen = [p for p in parts(expression) if p.lstrip("(").startswith((base + ".", "Resource.", "DomainResource."))]
    return " | ".join(chosen) or expression


search_lines = []
resources = sorted(n for n, s in types.items() if s["kind"] == "resource" and not s["abstract"])
for parameter in parameters.values():
    if "base" not in parameter or "expression" not in parameter or "example.org" in parameter["expression"]:
        continue
    components = []
    for component in parameter.get("component", []):
        definition = parameters.get(component["definition"])
        if definition:
            # A bar parts fields: a union within a component is written with a broken one.
            components.append(definition["type"] + " " + component["expression"].replace("|", "\u00a6"))
    targets = "*" if len(parameter.get("target", [])) > 100 else ",".join(sorted(parameter.get("target", [])))
    for base in parameter["base"]:
        expression = " ".join(own_parts(parameter["expression"], base).split())
        fields = ["S", base, parameter["code"], parameter["type"], targets, ";".join(components), expression]
        if base in resources or base in ("Resource", "DomainResource"):
            search_lines.append("|".join(fields))
search_lines = sorted(set(search_lines))

# ---- files

folder = project / "Sources/FHIRModel/Tables"
folder.mkdir(parents=True, exist_ok=True)
for old in folder.glob("R4*.swift"):
    old.unlink()


def write(name, doc, lines):
    text = "\n".join(lines)
    assert '"""#' not in text and len(text) < LIMIT, name
    (folder / f"{name}.swift").write_text(
        "// SPDX-License-Identifier: Apache-2.0\n"
        "// Generated by Scripts/generate-fhir-tables.py from hl7.fhir.r4.core 4.0.1 (CC0). Do not edit.\n\n"
        f"extension R4Tables {{\n    /// {doc}\n    static let {name[2:3].lower() + name[3:]} = #\"\"\"\n{text}\n\"\"\"#\n}}\n")


def split(lines, parts):
    starts = [i for i, line in enumerate(lines) if line.startswith("T|")]
    total = sum(len(line) + 1 for line in lines)
    result, current, size = [], [], 0
    for index, line in enumerate(lines):
        if line.startswith("T|") and size > total / parts:
            result.append(current)
            current, size = [], 0
        current.append(line)
        size += len(line) + 1
    result.append(current)
    return result


halves = split(type_lines, 2)
write("R4TypesA", "Types and their elements, first half.", halves[0])
write("R4TypesB", "Types and their elements, second half.", halves[1])
write("R4Constraints", "Constraints: expression and sentence by key.", constraint_lines)
write("R4Search", "Search parameters by resource type.", search_lines)
write("R4Codes", "Codes of required bindings; value sets of outside code systems are left out.", code_lines)
print(f"{len(types)} types, {len(type_lines)} lines, {len(constraints)} constraints, {len(code_lines)} code lists, {len(search_lines)} search parameters")
print("not enumerable:", ", ".join(u.rsplit('/', 1)[-1] for u in open_sets))
