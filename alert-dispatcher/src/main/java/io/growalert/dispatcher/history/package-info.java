/** What happened, for operators: incidents with their events, deliveries, attempts and silences, page by page. */
@NullMarked
package io.growalert.dispatcher.history;

import org.jspecify.annotations.NullMarked;
