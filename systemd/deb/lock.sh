#!/bin/bash
# Pin what the packages carry: every wheel by its version and its digests, for both processors.
# What is pinned stays so until this is run again; `make lock` does.
#
#   usage: lock.sh        writes requirements-door.txt and requirements-centre.txt beside itself
set -euo pipefail

here=$(dirname "$(realpath "$0")")
root=$(realpath "$here/../..")
uv=$root/.venv/bin/uv
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A box has no centre and a centre has no devices; the names of what drives these are those of setup.cfg's contract.
python3 - "$root/setup.cfg" "$work" <<'PYTHON'
import configparser, pathlib, re, sys
parts = configparser.ConfigParser()
parts.read(sys.argv[1], encoding="utf-8")
work = pathlib.Path(sys.argv[2])
lines = lambda text: [line for line in text.splitlines() if line]
door = lines(parts["options"]["install_requires"])
extras = parts["options.extras_require"]
devices = {"gpiozero", "numpy", "opencv-python-headless", "pygame-ce", "pyzbar", "zxing-cpp", "pillow"}
centre = [line for line in door if re.match(r"[\w-]+", line)[0] not in devices]
centre += lines(extras["collector"]) + lines(extras["postgresql"]) + lines(extras["jetstream"])
(work / "door.in").write_text("\n".join(door), encoding="utf-8")
(work / "centre.in").write_text("\n".join(centre), encoding="utf-8")
PYTHON

# pip and setuptools are named by libraries that never import them here.
for which in door centre; do
    "$uv" pip compile --quiet --upgrade --universal --python-version 3.13 --only-binary :all: --generate-hashes \
        --no-emit-package pip --no-emit-package setuptools --no-annotate --custom-compile-command "make lock" \
        --output-file "$here/requirements-$which.txt" "$work/$which.in"
done
