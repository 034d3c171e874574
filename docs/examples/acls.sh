#!/usr/bin/env bash
# Rights of the services, each with a separate principal: docs/examples/acls.sh kafka-1:9093 admin.properties
# The properties are those of a user that may change rights. Read and Write include Describe.
# Run topics.sh before. Where services create missing topics instead, they need Create on them, too.
set -euo pipefail
servers=${1:?"usage: acls.sh HOST:PORT [PROPERTIES]"}
properties=${2:-}

allow() { # operations, and the resource as kafka-acls.sh has it
  local operations=() operation
  for operation in $1; do operations+=(--operation "$operation"); done
  kafka-acls.sh --bootstrap-server "$servers" ${properties:+--command-config "$properties"} --add --allow-principal "$principal" \
    "${operations[@]}" "${@:2}"
}

# a user name of SCRAM or PLAIN, or what the broker's ssl.principal.mapping.rules make of a certificate
principal=User:monitor-service
allow "Read Write DescribeConfigs" --topic growalert.monitors
allow "Write DescribeConfigs" --topic growalert.check-results
allow "Read" --topic growalert.entitlements
allow "Read" --group growalert-monitor-service

principal=User:alert-dispatcher
allow "Read DescribeConfigs" --topic growalert.monitors
allow "Read" --topic growalert.entitlements
allow "Read Write DescribeConfigs" --topic growalert.check-results --topic growalert.alerts \
  --topic growalert.alert-commands --topic growalert.heartbeats
allow "Write DescribeConfigs" --topic growalert.notifications
allow "Write" --topic growalert.monitors-dlt --topic growalert.check-results-dlt --topic growalert.alerts-dlt \
  --topic growalert.alert-commands-dlt
allow "All" --topic growalert.alert-state- --resource-pattern-type prefixed
allow "Read" --group growalert.alert-state --group growalert-notifier
allow "Write" --transactional-id growalert.alert-state- --resource-pattern-type prefixed

principal=User:history-service
allow "Read DescribeConfigs" --topic growalert.monitors --topic growalert.check-results --topic growalert.alerts \
  --topic growalert.notifications
allow "Read" --topic growalert.entitlements
allow "Read" --group growalert-history

principal=User:billing-service
allow "Write" --topic growalert.check-results
allow "Write DescribeConfigs" --topic growalert.billing --topic growalert.entitlements
