#!/usr/bin/env bash
# Puts slimtrace on PATH for the steps that follow, unless the wanted version is there. Reads SLIMTRACE_VERSION.
set -euo pipefail

fail() {
  echo "::error::slimtrace: $*"
  exit 3
}

# macOS isn't refused: its engines run their containers on Linux.
[ "${RUNNER_OS:-Linux}" != Windows ] || fail "slimtrace doesn't run on Windows: give the job a Linux runner, such as runs-on: ubuntu-latest"
for program in node npm; do
  command -v "$program" >/dev/null || fail "$program is missing on this runner: use actions/setup-node (Node.js 20.19 or later) before this action"
done

version=${SLIMTRACE_VERSION:-$(node -p 'require(process.argv[1]).version' "$GITHUB_ACTION_PATH/package.json")}
if installed=$(slimtrace --version 2>/dev/null) && [ "$installed" = "$version" ]; then
  echo "slimtrace $version is installed"
  exit 0
fi
prefix=$RUNNER_TEMP/slimtrace/npm
# Nothing of what is installed needs to run for it.
npm install --global --prefix "$prefix" --ignore-scripts --engine-strict --no-audit --no-fund --loglevel=error -- "slimtrace@$version"
echo "$prefix/bin" >>"$GITHUB_PATH"
