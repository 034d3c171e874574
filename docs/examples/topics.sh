#!/usr/bin/env bash
# Creates the topics as the services do at their start: docs/examples/topics.sh kafka-1:9092 [PROPERTIES]
set -euo pipefail
servers=${1:?"usage: topics.sh HOST:PORT [PROPERTIES]"}
properties=${2:-}

create() { kafka-topics.sh --bootstrap-server "$servers" ${properties:+--command-config "$properties"} --create --partitions 12 --topic "$@"; }

create growalert.monitors --config cleanup.policy=compact
create growalert.check-results --config cleanup.policy=delete --config retention.ms=604800000 --config message.timestamp.type=LogAppendTime
create growalert.alerts --config cleanup.policy=delete --config retention.ms=7776000000
create growalert.alert-commands --config cleanup.policy=delete --config retention.ms=604800000 --config message.timestamp.type=LogAppendTime
create growalert.heartbeats --config cleanup.policy=delete --config retention.ms=3600000 --config segment.ms=3600000
create growalert.billing --config cleanup.policy=delete --config retention.ms=7776000000
create growalert.entitlements --config cleanup.policy=compact --config segment.ms=86400000
create growalert.notifications --config cleanup.policy=delete --config retention.ms=7776000000
for topic in monitors check-results alerts alert-commands; do
  create "growalert.$topic-dlt" --config cleanup.policy=delete --config retention.ms=2592000000
done
