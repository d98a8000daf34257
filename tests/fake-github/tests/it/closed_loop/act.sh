#!/bin/sh
# In place of act: tells what act would, by the name of the workflow, and leaves what it was given in the folder `told`.
told="$(dirname "$0")/told"
while [ $# -gt 0 ]; do
  case "$1" in
    --workflows) workflow="$(basename "$2" .yml)" ;;
    --eventpath) cp "$2" "$told/event.json" ;;
    --env-file) cp "$2" "$told/environment.json" ;;
    --secret-file) cp "$2" "$told/secrets.json" ;;
  esac
  shift
done
pwd >"$told/folder"
cat run.sh >"$told/run.sh"

job='"job":"Outer/One  ","jobID":"one","matrix":{"leg":"a"}'
say() { printf '{"level":"%s",%s,"msg":"%s"%s}\n' "$1" "$job" "$2" "$3"; }
part() { say info "⭐ Run $2" ",\"step\":\"$2\",\"stepid\":[\"$1\"]" && say info done ",\"stepResult\":\"success\",\"stepid\":[\"$1\"]"; }
of='"stage":"Main","step":"First","stepID":["0"]'
ends() {
  say info ended ",\"stepResult\":\"$1\",\"executionTime\":1500000000,$of"
  [ "$1" = success ] || say error "$2" ",$of"
  part --complete-job "Complete job"
  say info "Job" ",\"jobResult\":\"$1\""
}

if [ "$workflow" = broken ]; then
  printf '{"level":"error","msg":"yaml: no such anchor"}\n'
  exit 1
fi
part --setup-job "Set up job"
say info '⭐ Run Main First' ",$of"
say info 'it runs\n' ",\"raw_output\":true,$of"
say warning '  🚧  ::warning::careful\n' ",\"command\":\"warning\",\"arg\":\"careful\",$of"
case "$workflow" in
  good) ends success ;;
  bad)
    ends failure "exit status 3"
    exit 1
    ;;
  pair)
    ends failure "exit status 3"
    # act calls the other job of the matrix failed too.
    job='"job":"Outer/One-2","jobID":"one","matrix":{"leg":"b"}'
    part --setup-job "Set up job"
    say info '⭐ Run Main First' ",$of"
    say info ended ",\"stepResult\":\"success\",\"executionTime\":1500000000,$of"
    part --complete-job "Complete job"
    say info "Job" ',"jobResult":"failure"'
    exit 1
    ;;
  slow)
    trap 'ends failure "this step has been cancelled: signal: killed"; exit 1' INT
    # Steps are in sessions of their own.
    setsid sleep 120 &
    echo $! >"$told/step"
    say info 'it waits\n' ",\"raw_output\":true,$of"
    while :; do sleep 120 & wait $!; done
    ;;
  deaf)
    trap '' INT
    setsid sleep 120 &
    echo $! >"$told/step"
    while :; do sleep 120 & wait $!; done
    ;;
esac
