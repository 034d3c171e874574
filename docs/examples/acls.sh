#!/usr/bin/env bash
# Rights of the services, which connect without a login: docs/examples/acls.sh kafka-1:9092 [PRINCIPAL]
# Where services create missing topics, they need Create on them, too.
set -euo pipefail
servers=${1:?"usage: acls.sh HOST:PORT [PRINCIPAL]"}
principal=${2:-User:ANONYMOUS}

allow() { # operations, and the resource as kafka-acls.sh has it
  local operations=() operation
  for operation in $1; do operations+=(--operation "$operation"); done
  kafka-acls.sh --bootstrap-server "$servers" --add --allow-principal "$principal" "${operations[@]}" "${@:2}"
}

# monitor-service
allow "Read Write Describe DescribeConfigs" --topic growalert.monitors
allow "Write Describe DescribeConfigs" --topic growalert.check-results
allow "Read Describe" --topic growalert.entitlements
allow "Read" --group growalert-monitor-service

# alert-dispatcher
allow "Read Describe DescribeConfigs" --topic growalert.monitors
allow "Read Describe" --topic growalert.entitlements
allow "Read Write Describe DescribeConfigs" --topic growalert.check-results --topic growalert.alerts \
  --topic growalert.alert-commands --topic growalert.heartbeats
allow "Write Describe DescribeConfigs" --topic growalert.notifications
allow "Write Describe" --topic growalert.monitors-dlt --topic growalert.check-results-dlt --topic growalert.alerts-dlt \
  --topic growalert.alert-commands-dlt
allow "All" --topic growalert.alert-state- --resource-pattern-type prefixed
allow "Read" --group growalert.alert-state --group growalert-notifier
allow "Write Describe" --transactional-id growalert.alert-state- --resource-pattern-type prefixed

# history-service
allow "Read Describe DescribeConfigs" --topic growalert.monitors --topic growalert.check-results --topic growalert.alerts \
  --topic growalert.notifications
allow "Read Describe" --topic growalert.entitlements
allow "Read" --group growalert-history

# billing-service
allow "Write Describe" --topic growalert.check-results
allow "Write Describe DescribeConfigs" --topic growalert.billing --topic growalert.entitlements
