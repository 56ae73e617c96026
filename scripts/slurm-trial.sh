#!/bin/bash
# Tries docs/cluster.md on a Slurm of its own, on this one machine, as root: an array of four pieces, two at a time, of
# which one is killed with -9 and requeued; the join waits for all; the file must be that of `--shards 4`.
# Needs Debian's packages: apt-get install -y --no-install-recommends slurm-wlm munge
set -eu
cd "$(dirname "$0")/.."
project=$PWD
folder=$(mktemp -d)
host=$(hostname -s)
mkdir -p "$folder"/{state,spool}
chmod 755 "$folder"
export SLURM_CONF="$folder/slurm.conf"
export GRAPH="$project/public/graphs/bicubic.json"

finish() {
  for daemon in slurmd slurmctld munged; do
    if [ -f "$folder/$daemon.pid" ]; then kill "$(cat "$folder/$daemon.pid")" || true; fi
  done
  sleep 2
  if [ "${KEEP:-}" = "" ]; then rm -rf "$folder"; else echo "kept: $folder"; fi
}
trap finish EXIT

cat >"$SLURM_CONF" <<CONF
ClusterName=trial
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge.sock
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
SlurmctldPort=16827
SlurmdPort=16828
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=batch_sched_delay=0,sched_interval=1
MpiDefault=none
ReturnToService=2
SlurmdParameters=config_overrides
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
(umask 077 && head -c 1024 /dev/urandom >"$folder/munge.key")
munged --force --key-file="$folder/munge.key" --socket="$folder/munge.sock" --pid-file="$folder/munged.pid" \
  --log-file="$folder/munged.log" --seed-file="$folder/munge.seed"
slurmctld
slurmd
until [ "$(sinfo -h -o %T)" = idle ]; do sleep 0.2; done

options="--set bicubic.factor=1 --set encode.keyFrameSeconds=1"
cat >"$folder/pieces.sh" <<JOB
#!/bin/bash
#SBATCH --job-name=pieces --array=0-3 --requeue --open-mode=append --output=$folder/pieces-%a.log
cd "$project"
# The second piece kills its own first try as soon as it renders.
if [ "\$SLURM_ARRAY_TASK_ID" = 1 ] && [ "\${SLURM_RESTART_COUNT:-0}" = 0 ]; then
  node --import tsx src/cli/render.ts "$GRAPH" $options --shard auto --parts "$folder/parts" 2>"$folder/killed.log" &
  until grep -q frames "$folder/killed.log"; do sleep 0.1; done
  kill -9 \$!
  wait \$!
else
  npm run --silent render -- "$GRAPH" $options --shard auto --parts "$folder/parts"
fi
code=\$?
if { [ \$code -eq 4 ] || [ \$code -gt 128 ]; } && [ "\${SLURM_RESTART_COUNT:-0}" -lt 3 ]; then
  echo "piece \$SLURM_ARRAY_TASK_ID ended with \$code: once more"
  scontrol requeue "\${SLURM_ARRAY_JOB_ID}_\$SLURM_ARRAY_TASK_ID"
fi
exit \$code
JOB
pieces=$(sbatch --parsable "$folder/pieces.sh")
sbatch --wait --dependency=afterok:"$pieces" --output="$folder/join.log" --wrap \
  "cd '$project' && npm run --silent render -- join '$folder/parts' --output '$folder/cluster/a.mp4'" || true
scontrol show job "$pieces" -o | grep -oE '(ArrayTaskId|JobState|Restarts|ExitCode)=[^ ]*' | paste -d' ' - - - - || true
tail -n 3 "$folder"/pieces-*.log "$folder/join.log"
npm run --silent render -- "$GRAPH" $options --shards 4 --output "$folder/alone/a.mp4" 2>/dev/null
cmp "$folder/cluster/a.mp4" "$folder/alone/a.mp4"
echo "The same file from four pieces, one of them killed, as from --shards 4 on one machine."
