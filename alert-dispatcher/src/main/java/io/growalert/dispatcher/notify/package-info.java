/** From an alert event on the topic to a delivery that is done: route, mute, group, deliver. */
@NullMarked
package io.growalert.dispatcher.notify;

import org.jspecify.annotations.NullMarked;
