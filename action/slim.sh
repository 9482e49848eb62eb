#!/usr/bin/env bash
# Runs `slimtrace ci` for the configuration, or for the one image that the action's inputs describe. Reads SLIMTRACE_*.
set -euo pipefail

output=$RUNNER_TEMP/slimtrace
mkdir -p "$output"
# What is known however it ends; slimtrace writes over the verdict.
{
  echo 'verdict=error'
  echo "summary-path=$output/summary.md"
} >>"$GITHUB_OUTPUT"

flags=(--report "$output/report.json" --markdown "$output/summary.md")
if [ -n "${SLIMTRACE_IMAGE:-}" ]; then
  # Here, so that an archive's relative path means what it says.
  configuration=$(mktemp ./.slimtrace-XXXXXX.json)
  trap 'rm -f -- "$configuration"' EXIT
  node "$GITHUB_ACTION_PATH/action/configure.js" >"$configuration"
  flags+=(--config "$configuration")
else
  for name in TAG CHECKS MAX_SIZE MIN_REDUCTION FAIL_ON; do
    variable=SLIMTRACE_$name
    [ -z "${!variable:-}" ] && continue
    input=${name,,}
    echo "::error::slimtrace: ${input//_/-} goes with image; with a configuration, write it there"
    exit 2
  done
  if [ -n "${SLIMTRACE_CONFIG:-}" ]; then flags+=(--config "$SLIMTRACE_CONFIG"); fi
  read -r -d '' -a images <<<"${SLIMTRACE_IMAGES:-}" || true
  if [ "${#images[@]}" -gt 0 ]; then flags+=(-- "${images[@]}"); fi
fi
slimtrace ci "${flags[@]}"
