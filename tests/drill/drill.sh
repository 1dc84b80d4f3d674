#!/usr/bin/env bash
# The whole life of a server on a real Debian 12 with a systemd of its own, in a container: install, deploy, kill, hang, end
# with streams, reload with a mistake, budget, upgrade, a bad upgrade that is rolled back, rollback, purge. Needs root, debootstrap
# and systemd-container; fetches Debian's packages from the mirror this machine uses.
#
#   drill.sh --deb FILE [--previous FILE] [--work DIR] [--seconds N]
#
#   --deb FILE       the package to drill
#   --previous FILE  the one to upgrade from (default: the same programs under a lower version)
#   --work DIR       where systems are kept (default /var/tmp/exobrain-drill); "base" in it is used again
#   --seconds N      length of the rated load (default 30)
#
# Prints a line for each step with its figure; status 0 when all of them passed.
# shellcheck disable=SC2016 # what stands in single quotes is for the shell in the machine
set -uo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)"
root="$(cd "$here/../.." && pwd -P)"
deb="" previous="" work=/var/tmp/exobrain-drill seconds=30
while [ "$#" -gt 0 ]; do
    case "$1" in
    --deb) deb="$(readlink -f "${2:?}")"; shift ;;
    --previous) previous="$(readlink -f "${2:?}")"; shift ;;
    --work) work="${2:?}"; shift ;;
    --seconds) seconds="${2:?}"; shift ;;
    *) sed -n '2,/^# shellcheck/p' "${BASH_SOURCE[0]}" | sed '$d; s/^# \{0,1\}//' >&2; exit 64 ;;
    esac
    shift
done
[ -n "$deb" ] || { echo "drill: --deb is missing" >&2; exit 64; }
[ "$(id -u)" = 0 ] || { echo "drill: needs root" >&2; exit 1; }
machine="$work/machine" leader="" passed=0 failed=0 group=exobrain-drill.$$
url=http://127.0.0.1:8686 console="$work/console.log" key=""
mkdir -p "$work"
exec 8>"$work/lock"
flock -n 8 || { echo "drill: another drill works in $work" >&2; exit 1; }
nspawn="" helpers=()

say() { printf '%s %s\n' "$(date +%T)" "$*"; }
pass() { passed=$((passed + 1)); say "pass  $*"; }
fail() { failed=$((failed + 1)); say "FAIL  $*"; }
expect() { # TEXT COMMAND...
    local text="$1" out
    shift
    if out="$("$@" 2>&1)"; then pass "$text${out:+: $(tail -n 1 <<<"$out")}"; else fail "$text: $(tail -n 15 <<<"$out")"; fi
}
now() { date +%s%N; }
since() { awk -v from="$1" -v to="$(now)" 'BEGIN {printf "%.2f", (to - from) / 1e9}'; }
atMost() { awk -v is="$1" -v most="$2" 'BEGIN {exit !(is <= most)}'; }

# --- the machine -------------------------------------------------------------------------------------------------------

mirror() {
    # shellcheck disable=SC2016
    apt-get indextargets --format '$(SITE) $(RELEASE) $(COMPONENT) $(CREATED_BY)' |
        awk '$4 == "Packages" && $2 == "bookworm" && $3 == "main" {print $1; exit}'
}

makeBase() {
    if [ -e "$work/base.done" ]; then return; fi
    say "making Debian 12"
    rm -rf "$work/base"
    debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,iproute2,ca-certificates,procps bookworm "$work/base" \
        "$(mirror)" >"$work/debootstrap.log" 2>&1 || { tail -n 5 "$work/debootstrap.log"; exit 1; }
    touch "$work/base.done"
}

# A fresh system. What apt will be asked for is fetched now: the machine itself has no network.
makeMachine() {
    rm -rf "$machine"
    cp -a --reflink=auto "$work/base" "$machine"
    cp "$deb" "$machine/root/new.deb"
    cp "$previous" "$machine/root/old.deb"
    cp "$root/installer/deploy.sh" "$machine/root/deploy.sh"
    mkdir -p "$work/archives"
    systemd-nspawn -q -D "$machine" --register=no --keep-unit --pipe --bind="$work/archives:/var/cache/apt/archives" \
        sh -c 'apt-get -q update && apt-get -q -y --no-install-recommends --download-only install redis-server nginx-light /root/new.deb' \
        >"$work/download.log" 2>&1 || { tail -n 5 "$work/download.log"; exit 1; }
    cp "$work"/archives/*.deb "$machine/var/cache/apt/archives/"
}

boot() {
    systemd-nspawn -q -D "$machine" --boot --private-network --register=no --keep-unit --machine=exodrill \
        >"$console" 2>&1 </dev/null &
    nspawn=$!
    local end=$((SECONDS + 60))
    until [ -n "$leader" ] && inside systemctl is-system-running --wait >/dev/null 2>&1 || [ "$(state)" = degraded ]; do
        [ "$SECONDS" -lt "$end" ] || { tail -n 20 "$console"; echo "drill: the machine does not boot" >&2; exit 1; }
        sleep 0.2
        leader="$(pgrep -P "$nspawn" | head -n 1)"
    done
    inside ip link set lo up
}

state() { [ -n "$leader" ] && inside systemctl is-system-running 2>/dev/null; }
inside() { nsenter -t "$leader" -m -u -i -n -p -r -w -- env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "$@"; }
network() { nsenter -t "$leader" -n -- env EXOBRAIN_API_KEY="$key" "$@"; }
traffic() { network python3 "$here/traffic.py" "$@"; }
get() { network python3 -c 'import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1], timeout=20).read().decode())' "$url$1"; }
version() { inside dpkg-query -W -f '${Version}' exobrain; }
mainPid() { inside systemctl show -p MainPID --value exobrain.service; }

hostPid() { # PID in the machine
    local status
    for status in /proc/[0-9]*/status; do
        awk -v pid="$1" '/^NSpid:/ && NF > 2 && $NF == pid {found = 1} END {exit !found}' "$status" 2>/dev/null || continue
        [ "$(readlink "${status%status}ns/pid" 2>/dev/null)" = "$(readlink "/proc/$leader/ns/pid")" ] || continue
        status="${status#/proc/}"
        printf '%s\n' "${status%/status}"
        return
    done
    return 1
}

waitFor() { # SECONDS COMMAND...: until it succeeds
    local end
    end=$(($(now) + $1 * 1000000000))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$(now)" -lt "$end" ] || return 1
        sleep 0.05
    done
}

answersAs() { [ "$(mainPid)" != "$1" ] && [ "$(mainPid)" != 0 ] && get /readyz; } # OLDPID: another process answers

cleanUp() {
    local pid
    for pid in "${helpers[@]}"; do
        pkill -P "$pid" # what a function in the background runs is a child of it
        kill "$pid" 2>/dev/null
    done
    if [ -n "$leader" ]; then
        kill -RTMIN+4 "$leader" 2>/dev/null # systemd: power off
        waitFor 30 sh -c "! kill -0 $leader 2>/dev/null" || kill -KILL "$leader" "$nspawn"
        wait "$nspawn" 2>/dev/null
    fi
    rmdir /sys/fs/cgroup/{cpu,cpuacct,memory}/"$group" 2>/dev/null
    rm -rf "$machine"
}
trap cleanUp EXIT

# --- steps -------------------------------------------------------------------------------------------------------------

# Machines that are busy with other things are accepted: the drill is about ExoBrain.
deploy() { inside /root/deploy.sh "$@" --domain brain.test --accept load; }

configure() {
    mkdir -p "$machine/etc/exobrain/credentials"
    printf 'drill-key' >"$machine/etc/exobrain/credentials/drill"
    chmod 600 "$machine/etc/exobrain/credentials/drill"
    # The machine's CPU is not ours alone, and the drill is one client that asks for many.
    cat >"$machine/etc/exobrain/config.json" <<'CONFIG'
{
  "limits": { "maxMemoryUsage": "1600M", "maxCpuUsage": "100%" },
  "rateLimit": { "maxRequests": 1000000 },
  "cache": { "local": { "size": "300MB" } },
  "providers": [ { "name": "drill", "type": "openai", "baseUrl": "http://127.0.0.1:9100/v1", "proxy": "none",
                   "apiKey": "credential:key_drill", "models": ["held", "steady"] } ],
  "models": { "default": "steady" },
  "analysis": { "roots": ["/srv/project"] }
}
CONFIG
    mkdir -p "$machine/srv/project"
    printf 'int twice(int x) {\n    return x > 0 ? x + x : 0;\n}\n' >"$machine/srv/project/twice.c"
}

killed() {
    local pid begun
    pid="$(mainPid)"
    begun="$(now)"
    inside kill -9 "$pid"
    if waitFor 20 answersAs "$pid" && atMost "$(since "$begun")" 5; then
        pass "kill -9: answers again after $(since "$begun") s (at most 5)"
    else
        fail "kill -9: after $(since "$begun") s"
    fi
}

hung() {
    local pid begun
    pid="$(mainPid)"
    begun="$(now)"
    inside kill -STOP "$pid"
    if waitFor 40 answersAs "$pid"; then
        pass "hung: the watchdog put another in its place, answers after $(since "$begun") s"
    else
        fail "hung: still not answering after $(since "$begun") s"
    fi
    expect "hung: the journal says why" inside sh -c 'journalctl -u exobrain.service | grep -i "watchdog timeout"'
}

drained() {
    local pid log="$work/streams.log" streams
    pid="$(mainPid)"
    traffic streams 50 "$url" >"$log" 2>&1 &
    streams=$!
    if ! waitFor 60 grep -q 'open 50' "$log"; then
        fail "SIGTERM with 50 streams: $(tail -n 3 "$log")"
        kill "$streams"
        return
    fi
    inside systemctl kill --kill-whom=main -s TERM exobrain.service
    waitFor 10 inside sh -c 'journalctl -u exobrain.service -n 20 | grep -q "running streams may finish"'
    network python3 -c 'import urllib.request; urllib.request.urlopen("http://127.0.0.1:9100/release")' >/dev/null
    wait "$streams"
    if grep -q 'finished 50 of 50' "$log"; then pass "SIGTERM with 50 streams: $(tail -n 1 "$log")"; else fail "SIGTERM: $(tail -n 3 "$log")"; fi
    # The socket is still there: the next request starts the next server.
    if waitFor 20 answersAs "$pid"; then pass "after SIGTERM the next request starts the server"; else fail "nobody answers after SIGTERM"; fi
    expect "the server that was ended said 0" inside sh -c '! systemctl is-failed -q exobrain.service'
}

restarted() {
    local log="$work/poll.log" poll
    traffic poll "$url" 8 >"$log" 2>&1 &
    poll=$!
    sleep 1
    inside systemctl restart exobrain.service
    if wait "$poll"; then pass "restart refuses nobody: $(tail -n 1 "$log")"; else fail "restart: $(tail -n 2 "$log")"; fi
}

badReload() {
    local pid
    pid="$(mainPid)"
    cp "$machine/etc/exobrain/config.json" "$work/config.json"
    sed -i 's/"maxRequests"/"maxRequest"/' "$machine/etc/exobrain/config.json"
    inside systemctl reload exobrain.service
    expect "bad SIGHUP: the mistake is named" waitFor 10 inside sh -c 'journalctl -u exobrain.service -n 30 | grep "not reloaded" | grep maxRequest'
    expect "bad SIGHUP: the server still serves" get /readyz
    if [ "$(mainPid)" = "$pid" ]; then pass "bad SIGHUP: it is the same process"; else fail "bad SIGHUP: another process"; fi
    # Written over, not replaced: owner and mode stay.
    cat "$work/config.json" >"$machine/etc/exobrain/config.json"
    inside systemctl reload exobrain.service
    expect "good SIGHUP: taken over" waitFor 10 inside sh -c 'journalctl -u exobrain.service -n 5 | grep "configuration reloaded"'
}

# The server in a control group of one core and 2 GB while it carries its rated load.
budget() {
    local pid out begun cpu before memory limit=$((2 << 30)) share used
    pid="$(hostPid "$(mainPid)")" || { fail "budget: no process"; return; }
    if [ -d /sys/fs/cgroup/cpu ]; then
        mkdir -p /sys/fs/cgroup/{cpu,memory}/"$group"
        echo 100000 >"/sys/fs/cgroup/cpu/$group/cpu.cfs_period_us"
        echo 100000 >"/sys/fs/cgroup/cpu/$group/cpu.cfs_quota_us"
        echo "$limit" >"/sys/fs/cgroup/memory/$group/memory.limit_in_bytes"
        echo "$pid" >"/sys/fs/cgroup/cpu/$group/cgroup.procs"
        echo "$pid" >"/sys/fs/cgroup/memory/$group/cgroup.procs"
    fi # else: a unified hierarchy, in which the unit's own limits hold
    before="$(awk '{print $14 + $15}' "/proc/$pid/stat")"
    begun="$(now)"
    out="$(traffic load "$url" "$seconds" 50 2>&1)"
    local status=$?
    cpu="$(($(awk '{print $14 + $15}' "/proc/$pid/stat") - before))"
    share="$(awk -v ticks="$cpu" -v hz="$(getconf CLK_TCK)" -v s="$(since "$begun")" 'BEGIN {printf "%.0f", ticks / hz / s * 100}')"
    memory="$(awk '/^VmHWM/ {print $2}' "/proc/$pid/status")"
    used="$(awk -v kb="$memory" -v limit="$limit" 'BEGIN {printf "%.0f", kb * 1024 / limit * 100}')"
    if [ "$status" = 0 ]; then pass "budget: rated load for $seconds s: $(tail -n 1 <<<"$out")"; else fail "budget: $(tail -n 5 <<<"$out")"; fi
    local p95
    p95="$(sed -n 's/.*"p95": \([0-9.]*\).*/\1/p' <<<"$out")"
    if atMost "${p95:-999999}" 200; then pass "budget: p95 of other routes $p95 ms (below 200)"; else fail "budget: p95 ${p95:-?} ms"; fi
    if [ "$share" -lt 70 ]; then pass "budget: CPU $share % of one core (below 70)"; else fail "budget: CPU $share %"; fi
    if [ "$used" -lt 80 ]; then pass "budget: memory $((memory / 1024)) MB, $used % of 2 GB (below 80)"; else fail "budget: memory $used %"; fi
}

withKey() { # the server's answer with the administrator's key
    network python3 -c 'import os, sys, urllib.request
request = urllib.request.Request(sys.argv[1], headers={"Authorization": "Bearer " + os.environ["EXOBRAIN_API_KEY"]})
print(urllib.request.urlopen(request, timeout=20).read().decode())' "$url$1"
}

upgraded() {
    local before after
    before="$(withKey '/api/v1/sessions?limit=5' | sha256sum)"
    expect "upgrade: deploy.sh" deploy --deb /root/new.deb
    after="$(withKey '/api/v1/sessions?limit=5' | sha256sum)"
    if [ "$before" = "$after" ]; then pass "upgrade: the sessions are the same"; else fail "upgrade: the sessions differ"; fi
    expect "upgrade: $(version) answers" get /version
    expect "upgrade: a backup was made before" inside sh -c 'ls /var/lib/exobrain/backups/*.tar'
}

# A package whose server does not start must leave the one before in force.
badUpgrade() {
    rm -rf "$work/bad"
    dpkg-deb -R "$deb" "$work/bad"
    sed -i 's/^Version: .*/Version: 99.0/' "$work/bad/DEBIAN/control"
    printf '#!/bin/sh\nexit 1\n' >"$work/bad/usr/bin/exobrain"
    dpkg-deb -Znone -b "$work/bad" "$machine/root/bad.deb" >/dev/null
    local status=0
    deploy --deb /root/bad.deb >"$work/bad.log" 2>&1 || status=$?
    if [ "$status" = 3 ]; then pass "bad upgrade: rolled back by itself"; else fail "bad upgrade: status $status: $(tail -n 20 "$work/bad.log")"; fi
    expect "bad upgrade: the version before answers" get /version
}

rolledBack() {
    expect "rollback: deploy.sh rollback" deploy rollback
    expect "rollback: $(version) answers" get /version
}

purged() {
    expect "remove: keeps the data" inside sh -c 'apt-get -q -y remove exobrain >/dev/null 2>&1; test -e /var/lib/exobrain/exobrain.db && ! systemctl is-active exobrain.socket'
    expect "purge: leaves nothing" inside sh -c 'apt-get -q -y purge exobrain >/dev/null 2>&1; ! test -e /var/lib/exobrain && ! test -e /etc/exobrain && ! systemctl cat exobrain.service'
}

makePrevious() {
    if [ -n "$previous" ]; then return; fi
    rm -rf "$work/old"
    dpkg-deb -R "$deb" "$work/old"
    sed -i 's/^Version: .*/Version: 0.0.9/' "$work/old/DEBIAN/control"
    previous="$work/exobrain_0.0.9.deb"
    dpkg-deb -Znone -b "$work/old" "$previous" >/dev/null
}

makeBase
makePrevious
makeMachine
boot
say "Debian $(inside cat /etc/debian_version), systemd $(inside systemctl --version | awk 'NR == 1 {print $2}'), $(basename "$deb")"
expect "deploy: a dry run changes nothing" inside sh -c 'before=$(ls -lR /etc | sha256sum); /root/deploy.sh --deb /root/old.deb --domain brain.test --accept load --dry-run && [ "$before" = "$(ls -lR /etc | sha256sum)" ]'
expect "deploy: a machine that is too small is refused" inside sh -c 'sed "s/^leastMemory=.*/leastMemory=99999999/" /root/deploy.sh >/root/x.sh; bash /root/x.sh --deb /root/old.deb --accept load; [ $? = 2 ]'
if out="$(deploy --deb /root/old.deb 2>&1)"; then
    pass "deploy: installs and verifies: $(tail -n 2 <<<"$out" | head -n 1)"
else
    fail "deploy: $(tail -n 40 <<<"$out")"
    exit 1 # nothing to drill
fi
key="$(cat "$machine/etc/exobrain/admin.key" 2>/dev/null)"
if out="$(deploy --deb /root/old.deb 2>&1)" && ! grep -E 'writing|installing|switching' <<<"$out"; then
    pass "deploy: a second time changes nothing"
else
    fail "deploy: a second time: $(tail -n 15 <<<"$out")"
fi
configure
network python3 "$here/traffic.py" model 9100 >/dev/null 2>&1 &
helpers+=($!)
inside systemctl restart exobrain.service exobrain-monitor.service
# The machine is the host's: its CPU may be busy with other things, which doctor rightly tells.
expect "doctor, but for the CPU of the host" inside sh -c 'EXOBRAIN_API_KEY=$(cat /etc/exobrain/admin.key) exobrain-admin doctor --post-deploy http://127.0.0.1:8686 >/tmp/doctor
    grep -c "^ *pass" /tmp/doctor && ! grep "^ *FAIL" /tmp/doctor | grep -v "FAIL *CPU"'
expect "sandbox: an analysis runs within it" traffic analyse "$url" /srv/project
expect "nginx: answers as brain.test" network python3 -c 'import http.client
c = http.client.HTTPConnection("127.0.0.1", 80); c.request("GET", "/healthz", headers={"Host": "brain.test"}); r = c.getresponse(); assert r.status == 200, r.status'
expect "without a key nobody gets in" nsenter -t "$leader" -n -- python3 "$here/traffic.py" refused "$url"
expect "units: verify" inside systemd-analyze verify --man=no exobrain.service exobrain-monitor.service exobrain-backup.service exobrain-backup.timer exobrain.socket
for unit in exobrain exobrain-monitor exobrain-backup; do
    expect "units: $unit" inside sh -c "systemd-analyze security --no-pager --threshold=15 $unit.service | tail -n 1"
done
expect "backup: the nightly job" inside sh -c 'systemctl start exobrain-backup.service && ls /var/lib/exobrain/backups'
killed
hung
restarted
drained
badReload
budget
upgraded
rolledBack
badUpgrade
purged
say "$passed passed, $failed failed"
[ "$failed" = 0 ]
