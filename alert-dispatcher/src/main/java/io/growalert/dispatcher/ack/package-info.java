/** Acknowledged incidents, and escalations of incidents that are not acknowledged. */
@NullMarked
package io.growalert.dispatcher.ack;

import org.jspecify.annotations.NullMarked;
