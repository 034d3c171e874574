package io.growalert.dispatcher.notify;

import io.growalert.events.AlertEvent;

/** An alert event as it came from the topic, and its JSON. */
record Arrival(AlertEvent event, String body) {}
