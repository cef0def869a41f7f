#!/bin/sh
# The tests of engines (tests/scale/): starts PostgreSQL and a Slurm of three
# nodes where they are installed, in a folder of its own and on ports of its
# own, runs the tests and ends what it started. Ends with one line,
# `N passed, N failed, N skipped`; what is not installed is skipped by name.

set -u
cd "$(dirname "$0")/.."
work=$(mktemp -d)
chmod 755 "$work"
port=$((20000 + $$ % 20000))
say() { echo "scale: $*" >&2; }

pg=""
slurm=""
finish() {
  if [ -n "$pg" ]; then
    as_postgres "$bin/pg_ctl" -D "$work/pg/data" -m immediate stop \
      >/dev/null 2>&1
  fi
  for pid in $slurm; do
    kill -9 "$(cat "$pid" 2>/dev/null)" 2>/dev/null
  done
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM

# PostgreSQL does not run as root.
as_postgres() {
  if [ "$(id -u)" -eq 0 ]; then
    (cd "$work" && runuser -u postgres -- "$@")
  else
    "$@"
  fi
}

start_postgres() {
  initdb=$(ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null | tail -n 1)
  initdb=${initdb:-$(command -v initdb)} || return 1
  bin=$(dirname "$initdb")
  mkdir "$work/pg"
  if [ "$(id -u)" -eq 0 ]; then chown postgres "$work/pg" || return 1; fi
  as_postgres "$initdb" -D "$work/pg/data" -A trust -U nidcode -E UTF8 \
    --no-sync >"$work/initdb.log" 2>&1 || return 1
  as_postgres "$bin/pg_ctl" -D "$work/pg/data" -w -l "$work/pg/log" -o \
    "-p $port -c listen_addresses=127.0.0.1 -c fsync=off -k $work/pg" start \
    >/dev/null 2>&1 || return 1
  pg=yes
  export NIDCODE_PG_PORT=$port
}

# As root alone: SlurmUser is who starts it, and jobs are root's.
start_slurm() {
  for tool in munged slurmctld slurmd sbatch; do
    command -v $tool >/dev/null 2>&1 || return 1
  done
  [ "$(id -u)" -eq 0 ] || return 1
  s="$work/slurm"
  mkdir -p "$s/state" "$s/n1" "$s/n2" "$s/n3"
  dd if=/dev/urandom of="$s/key" bs=1024 count=1 2>/dev/null
  chmod 400 "$s/key"
  chmod 700 "$s"
  munged --force --key-file="$s/key" --socket="$s/munge" \
    --pid-file="$s/munged.pid" --log-file="$s/munged.log" \
    --seed-file="$s/seed" >/dev/null 2>&1 || return 1
  slurm="$s/munged.pid"
  cat >"$s/slurm.conf" <<EOF
ClusterName=nidcode
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmUser=root
SlurmctldPort=$((port + 1))
AuthType=auth/munge
AuthInfo=socket=$s/munge
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SlurmdParameters=config_overrides
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
JobCompType=jobcomp/none
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
StateSaveLocation=$s/state
SlurmdSpoolDir=$s/%n
SlurmctldPidFile=$s/slurmctld.pid
SlurmdPidFile=$s/slurmd-%n.pid
SlurmctldLogFile=$s/slurmctld.log
SlurmdLogFile=$s/slurmd-%n.log
SchedulerParameters=batch_sched_delay=1,sched_interval=2
MinJobAge=60
NodeName=n1 NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=$((port + 2)) CPUs=1 State=UNKNOWN
NodeName=n2 NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=$((port + 3)) CPUs=1 State=UNKNOWN
NodeName=n3 NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=$((port + 4)) CPUs=1 State=UNKNOWN
PartitionName=all Nodes=n1,n2,n3 Default=YES MaxTime=INFINITE State=UP
EOF
  export SLURM_CONF="$s/slurm.conf"
  slurmctld -c -f "$SLURM_CONF" >/dev/null 2>&1 || return 1
  slurm="$slurm $s/slurmctld.pid"
  for n in n1 n2 n3; do
    slurmd -N $n -f "$SLURM_CONF" >/dev/null 2>&1 || return 1
    slurm="$slurm $s/slurmd-$n.pid"
  done
  for wait in 1 2 3 4 5 6 7 8 9 10; do
    [ "$(sinfo -h -t idle -o %D 2>/dev/null)" = 3 ] && return 0
    sleep 1
  done
  return 1
}

start_postgres || say "PostgreSQL is not here"
if ! start_slurm; then
  say "Slurm is not here"
  unset SLURM_CONF
fi
export NIDCODE_SCALE_WORK="$work"
Rscript --no-save --no-restore tests/scale/run.R "$@"
