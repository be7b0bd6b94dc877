#!/usr/bin/env bash
# Gradescope builds its image with this, once, as root: Python, PyTorch for the CPU, the grader.
#
#   GRADER_PYTHON    an interpreter to use (3.11 or newer) in place of Ubuntu's; if it has torch,
#                    none is fetched
#   AUTOGRADER_ROOT  where Gradescope has its folders, /autograder
set -euo pipefail
root=${AUTOGRADER_ROOT:-/autograder}
source=$root/source
# Beside the source, because what runs a student's code has to be readable to it.
home=$root/grader

python=${GRADER_PYTHON:-}
if [ -z "$python" ]; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update
  for version in 3.13 3.12 3.11; do
    if apt-get install -y --no-install-recommends "python$version" "python$version-venv"; then
      python=python$version
      break
    fi
  done
fi
if [ -z "$python" ]; then
  echo "This image has no Python 3.11 or newer; choose Ubuntu 22.04 or newer." >&2
  exit 1
fi

has_torch() {
  "$1" -c 'import importlib.util, sys; sys.exit(importlib.util.find_spec("torch") is None)'
}
if has_torch "$python"; then
  "$python" -m venv --system-site-packages "$home"
else
  "$python" -m venv "$home"
fi
pip=("$home/bin/python" -m pip install --no-cache-dir --disable-pip-version-check)
if ! has_torch "$home/bin/python"; then
  "${pip[@]}" --index-url https://download.pytorch.org/whl/cpu --requirement "$source/torch.txt"
fi
"${pip[@]}" "$source"/*.whl

# The checks are nobody's but root's, and students' code runs as somebody else.
chmod -R u=rwX,go= "$source"
"$home/bin/grade" doctor || true
