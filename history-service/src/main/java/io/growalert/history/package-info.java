/** The history-service: it stores values, status and incidents from the topics, and serves them to the console. */
@NullMarked
package io.growalert.history;

import org.jspecify.annotations.NullMarked;
