#!/usr/bin/env bash
# Puts slimtrace on PATH for the steps that follow, unless the wanted version is there. Reads SLIMTRACE_VERSION.
set -euo pipefail

version=${SLIMTRACE_VERSION:-$(node -p 'require(process.argv[1]).version' "$GITHUB_ACTION_PATH/package.json")}
if installed=$(slimtrace --version 2>/dev/null) && [ "$installed" = "$version" ]; then
  echo "slimtrace $version is installed"
  exit 0
fi
prefix=$RUNNER_TEMP/slimtrace/npm
npm install --global --prefix "$prefix" --no-audit --no-fund --loglevel=error -- "slimtrace@$version"
echo "$prefix/bin" >>"$GITHUB_PATH"
